"""What a dataset import says, in the reader's language.

Reports are kept in English, as the command prints them. Each sentence is known here by its shape:
what stands in ``%(…)s`` differs from one time to the next. One that is not known stays as it is.
"""

from __future__ import annotations

import re
from functools import cache

from django.core.exceptions import FieldDoesNotExist
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_noop

from catalog.models import Movie

REFUSALS = (
    gettext_noop("%(file)s is packed more than %(n)s times."),
    gettext_noop("%(file)s is %(what)s: unpack it, or save it as CSV, first."),
    gettext_noop("%(file)s is a tar archive: unpack it first."),
    gettext_noop("%(file)s is locked by a password: unpack it first."),
    gettext_noop("%(file)s is packed in a way unknown here (%(error)s): unpack it first."),
    gettext_noop("%(file)s is a spreadsheet, not a table of text: save it as CSV."),
    gettext_noop("%(file)s is a zip that holds %(held)s, where one table was expected."),
    gettext_noop(
        "%(file)s unpacks to more than %(n)s MB, which is more than any table does: "
        "it was not read."
    ),
    gettext_noop(
        "%(file)s has a line of more than %(n)s MB: that is no table of films or ratings."
    ),
    gettext_noop("%(file)s is damaged or cut short: %(error)s"),
    gettext_noop("%(file)s is empty."),
    gettext_noop("%(file)s has no column %(column)s; its columns are %(columns)s."),
    gettext_noop("%(file)s has several columns %(column)s; its columns are %(columns)s."),
    gettext_noop("A scale goes to %(scales)s, not to %(scale)s."),
    gettext_noop("%(path)s holds several datasets: %(names)s. Name one of them."),
    gettext_noop("%(path)s holds %(shown)s, which is none of these layouts: %(layouts)s."),
    gettext_noop("There is no folder or zip file %(path)s."),
    gettext_noop("%(path)s cannot be read: %(error)s"),
    gettext_noop("%(path)s holds more than %(n)s files: name the folder."),
    gettext_noop("%(path)s is not a folder and not a sound zip file."),
    gettext_noop("%(path)s has neither links.csv nor links_small.csv."),
    gettext_noop("Another import is running; start this one when it has finished."),
    gettext_noop("Nothing was stored: there is not one row of %(kind)s."),
    gettext_noop(
        "Nothing was stored: %(rejected)s of %(read)s ratings are too high, up to %(highest)s. "
        "Is that a scale to %(larger)s? Then say so, by --scale %(scale)s."
    ),
    gettext_noop(
        "Nothing was stored: %(rejected)s of %(read)s rows of %(kind)s cannot be read: %(first)s"
    ),
    gettext_noop("Nothing was stored: %(rejected)s of %(read)s rows of %(kind)s cannot be read"),
    gettext_noop("No dataset is called %(name)s; loaded are: %(loaded)s."),
    gettext_noop("It broke off %(n)s times: see the log of the workers."),
    gettext_noop(
        "%(dataset)s cannot be downloaded without an account: get it from %(address)s and name its "
        "folder or zip, or put it at %(path)s."
    ),
    gettext_noop(
        "%(source)s is neither a folder, nor a zip file, nor one of the datasets known by name: "
        "%(names)s."
    ),
    gettext_noop(
        "%(source)s is neither the name of a known dataset nor in a folder that may be read here."
    ),
    gettext_noop(
        "%(address)s is not the file that was published (its %(checksum)s does not fit): it was "
        "thrown away. Try again, or name a folder or zip of your own."
    ),
    gettext_noop("the connection was closed early"),
    gettext_noop("%(address)s needs %(n)s MB, and the disk has %(free)s MB free."),
    gettext_noop("%(address)s could not be kept in %(folder)s: %(error)s"),
    gettext_noop("%(address)s cannot be had: %(error)s"),
    gettext_noop("%(address)s cannot be reached: %(error)s"),
    gettext_noop("%(address)s broke off %(n)s times, at last with: %(error)s"),
)
REASONS = (
    gettext_noop("other reasons"),
    gettext_noop("%(n)s columns instead of %(wanted)s"),
    gettext_noop("… columns instead of %(wanted)s"),
    gettext_noop("not readable as CSV: %(error)s"),
    gettext_noop("the user %(cell)s is not a whole number"),
    gettext_noop("the movie %(cell)s is not a whole number"),
    gettext_noop("movie %(cell)s was there already"),
    gettext_noop("movie %(cell)s has no title"),
    gettext_noop("movie %(cell)s has a link already"),
    gettext_noop("the IMDb id %(cell)s is none"),
    gettext_noop("the TMDB id %(cell)s is none"),
    gettext_noop("the id %(cell)s is no number"),
    gettext_noop("the columns are shifted: the id is %(cell)s"),
    gettext_noop("%(column)s is no list of records"),
    gettext_noop("rating must be a number, got %(cell)s"),
    gettext_noop("rating must be a %(step)s, got %(cell)s"),
    gettext_noop("the timestamp %(cell)s may be a day or a number of seconds"),
    gettext_noop(
        "the timestamp %(cell)s lies in the future, or is not a number of seconds since 1970"
    ),
    gettext_noop(
        "the timestamp %(cell)s is neither a number of seconds since 1970 "
        "nor a date such as 2005-04-02 23:53:47"
    ),
    gettext_noop("the timestamp %(cell)s lies before 1970"),
    gettext_noop("the timestamp %(cell)s lies in the future"),
    # Said by earlier releases, whose reports are kept.
    gettext_noop("the movie %(cell)s is no whole number"),
    gettext_noop("the movie %(cell)s is no whole number, or was there already"),
)
REMARKS = (
    gettext_noop("keywords without an id or a name"),
    gettext_noop("repeated ids in %(file)s, first row taken"),
    gettext_noop("repeated ids in the metadata, first row taken"),
    gettext_noop("credits without a person's id or name"),
    gettext_noop("credits of people known from films for adults only"),
    gettext_noop("rows with shifted columns, put together again"),
    gettext_noop("unreadable cells in %(column)s"),
    gettext_noop("rated movies without a title"),
    gettext_noop("rated movies without metadata"),
    gettext_noop("movies without metadata, titled from MovieLens"),
    gettext_noop("links without a TMDB id"),
    gettext_noop("links joined on the TMDB id"),
    gettext_noop("links without metadata, title or rating, left out"),
    gettext_noop("metadata rows without an IMDb id, joined on the TMDB id alone"),
    gettext_noop("metadata rows without a link"),
    gettext_noop("ratings without a time, taken as the oldest"),
    gettext_noop("ratings from before 1990, by their times"),
    gettext_noop("ratings of %(rater)s, whose name a member has"),
    gettext_noop("ratings that a later one of the same film and rater replaces"),
    gettext_noop(
        "ratings were loaded earlier as %(name)s and are not in this file: is it another edition, "
        "in need of another --name?"
    ),
    gettext_noop("films with %(kind)s that the metadata do not have"),
    gettext_noop("films that were merged with others here"),
    gettext_noop("ratings of films that were deleted during the import"),
)
STEPS = (
    gettext_noop("Looking for the dataset"),
    gettext_noop("Counting"),
    gettext_noop("Finishing"),
    gettext_noop("Waiting for another import"),
    gettext_noop("Taking %(place)s"),
    gettext_noop("Reading ratings"),
    gettext_noop("Reading films"),
    gettext_noop("Reading credits"),
    gettext_noop("Reading keywords"),
    gettext_noop("Storing films"),
    gettext_noop("Storing ratings"),
    gettext_noop("Storing credits"),
    gettext_noop("Refreshing the database's statistics"),
    gettext_noop("Removing ratings"),
    gettext_noop("Removing films"),
    gettext_noop("Removing raters"),
)
KINDS = (
    gettext_noop("movies"),
    gettext_noop("ratings"),
    gettext_noop("links"),
    gettext_noop("titles"),
    gettext_noop("raters"),
    gettext_noop("credits"),
    gettext_noop("people"),
    gettext_noop("keywords"),
)
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def is_known(text: str) -> bool:
    """Whether a sentence can be said in other languages."""
    return any(shape.fullmatch(text) for _template, shape in _shapes())


def in_readers_words(text: str) -> str:
    """A sentence of an import in the language in force."""
    for template, shape in _shapes():
        if found := shape.fullmatch(text):
            said = gettext(template)
            return said % found.groupdict() if shape.groups else said
    step, colon, file = text.partition(": ")
    if colon and step in STEPS:  # while a file is read, its name stands behind
        return f"{gettext(step)}: {file}"
    return text


def column_in_words(text: str) -> str:
    """``movies: release_date`` as a film's form calls the field."""
    kind, colon, name = text.partition(": ")
    if not colon:
        return in_readers_words(text)
    try:
        field = str(Movie._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    except FieldDoesNotExist:
        field = name.replace("_", " ")
    return f"{capfirst(gettext(kind))}: {field}"


@cache
def _shapes() -> list[tuple[str, re.Pattern[str]]]:
    """The templates with what they match; those that say more come first."""
    templates = {*REFUSALS, *REASONS, *REMARKS, *STEPS, *KINDS}
    order = sorted(templates, key=lambda one: (-len(PLACEHOLDER.sub("", one)), one))
    return [(one, _shape(one)) for one in order]


def _shape(template: str) -> re.Pattern[str]:
    parts = PLACEHOLDER.split(template)
    shape = "".join(
        f"(?P<{part}>.+)" if place % 2 else re.escape(part) for place, part in enumerate(parts)
    )
    return re.compile(shape, re.DOTALL)

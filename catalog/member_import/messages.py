"""In words, in the reader's language: why a file or a row was not taken."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

FILES = {
    "empty": _("The file is empty."),
    "too-big": _("The file is larger than 10 MB."),
    "too-many-rows": _("The file has more than 50,000 rows."),
    "binary": _("This is no text: a CSV or JSON file, or a ZIP with such files, is expected."),
    "encoding": _(
        "The text is not in UTF-8 (line %(line)s): upload the file as it was exported, "
        "not as a spreadsheet saved it."
    ),
    "damaged-zip": _("The ZIP is damaged."),
    "locked-zip": _("The ZIP is locked with a password."),
    "too-many-files": _("The ZIP holds too many files."),
    "zip-too-big": _("The ZIP unpacks to more than 30 MB."),
    "unknown-zip": _("The ZIP holds no export that is known here."),
    "unknown-header": _("This is no export that is known here; its first line is “%(header)s”."),
    "semicolons": _(
        "The columns are separated by semicolons: upload the file as it was exported, "
        "not as a spreadsheet saved it."
    ),
    "watched": _(
        "This seems to be a list of Letterboxd's. Upload watchlist.csv or watched.csv under its "
        "own name, or the whole ZIP."
    ),
    "some-list": _("This is a list of Trakt's; only the one named watchlist can be taken."),
    "many-people": _(
        "The file has the ratings of several people: it is a dataset, not your own export."
    ),
    "broken-table": _("The table is broken at line %(line)s: check its quotation marks."),
    "broken-json": _("The JSON is broken."),
    "nothing": _("There is nothing to import in this file."),
    "gave-up": _("Something went wrong on this site while the file was read."),
}
ROWS = {
    "cells": _("another number of cells than columns"),
    "no-film": _("no title and no id"),
    "formula": _("a spreadsheet's formula: %(value)s"),
    "long-title": _("a title of more than 300 characters"),
    "bad-year": _("no year: %(value)s"),
    "bad-stars": _("no number of stars: %(value)s"),
    "bad-date": _("no date: %(value)s"),
    "future": _("a date in the future: %(value)s"),
    "bad-id": _("no id: %(value)s"),
    "no-object": _("not what an entry looks like"),
}
ASIDE = {
    "no-stars": _("seen without stars"),
    "not-a-film": _("series, episodes and games"),
}
TEXTS = FILES | ROWS | ASIDE


def text_of(code: str, values: Mapping[str, object] | None = None) -> str:
    """The words for a code; the values are not escaped."""
    return str(TEXTS[code]) % (values or {})

"""Messages, in the reader's language, that say why a file or a row was refused."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

FILES = {
    "empty": _("The file is empty."),
    "too-big": _("The file is larger than 10 MB."),
    "too-many-rows": _("The file has more than 50,000 rows."),
    "binary": _("This is not a text file: upload a CSV or JSON file, or a ZIP of them."),
    "encoding": _(
        "The text is not UTF-8 (line %(line)s): upload the file as it was exported, "
        "not as a spreadsheet saved it."
    ),
    "damaged-zip": _("The ZIP is damaged."),
    "locked-zip": _("The ZIP is protected by a password."),
    "too-many-files": _("The ZIP contains too many files."),
    "zip-too-big": _("The ZIP unpacks to more than 30 MB."),
    "unknown-zip": _("The ZIP contains no export that we recognise."),
    "unknown-header": _("We do not recognise this export; its first line is “%(header)s”."),
    "semicolons": _(
        "The columns are separated by semicolons: upload the file as it was exported, "
        "not as a spreadsheet saved it."
    ),
    "watched": _(
        "This looks like one of Letterboxd's lists. Upload watchlist.csv or watched.csv under its "
        "own name, or the whole ZIP."
    ),
    "some-list": _("This is a list from Trakt; only the one named watchlist can be imported."),
    "many-people": _(
        "The file has ratings by several people: it is a dataset, not your own export."
    ),
    "broken-table": _("The table is malformed at line %(line)s: check its quotation marks."),
    "broken-json": _("The JSON is malformed."),
    "nothing": _("There is nothing to import in this file."),
    "gave-up": _("Something went wrong on this site while the file was read."),
}
ROWS = {
    "cells": _("more or fewer cells than columns"),
    "no-film": _("neither a title nor an id"),
    "formula": _("a spreadsheet's formula: %(value)s"),
    "long-title": _("a title of more than 300 characters"),
    "bad-year": _("not a year: %(value)s"),
    "bad-stars": _("not a number of stars: %(value)s"),
    "bad-date": _("not a date: %(value)s"),
    "future": _("a date in the future: %(value)s"),
    "bad-id": _("not an id: %(value)s"),
    "no-object": _("not a valid entry"),
}
ASIDE = {
    "no-stars": _("watched, but without stars"),
    "not-a-film": _("series, episodes and games"),
}
TEXTS = FILES | ROWS | ASIDE


def text_of(code: str, values: Mapping[str, object] | None = None) -> str:
    """The words for a code; the values are not escaped."""
    return str(TEXTS[code]) % (values or {})

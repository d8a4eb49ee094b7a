"""Messages, in the reader's language, that say why a file or a row was refused."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

FILES = {
    "empty": _("The file is empty."),
    "too-big": _("The file is larger than 100 MB."),
    "too-many-rows": _("The file has more than 100,000 rows."),
    "binary": _("This is not a text file: upload a CSV or JSON file, or a ZIP of them."),
    "encoding": _("The text is damaged at line %(line)s: its encoding is not the one it names."),
    "too-big-to-read": _("There is more in this file than can be read at once."),
    "too-slow": _("Reading this file took too long."),
    "damaged-zip": _("The ZIP is damaged."),
    "locked-zip": _("The ZIP is protected by a password."),
    "too-many-files": _("The ZIP contains too many files."),
    "zip-too-big": _(
        "The files needed in this ZIP unpack to more than 256 MB, or one to more than 48 MB."
    ),
    "unknown-zip": _("The ZIP contains no export that we recognise."),
    "unknown-header": _("We do not recognise this export; its first line is “%(header)s”."),
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
    "bad-id": _("not an id: %(value)s"),
    "no-object": _("not a valid entry"),
}
ASIDE = {
    "no-stars": _("rows without stars"),
    "not-a-film": _("series, episodes and games"),
    "days": _("days that could not be read; their rows are taken without them"),
    "tags": _("rows with tags, which this site does not have; the rows are taken without them"),
    "comments": _("comments"),
    "unfinished": _("films begun and not finished"),
    "not-seen": _("films marked as not seen"),
    "log": _("entries of a log that are no ratings"),
}
FILES_ASIDE = {
    "deleted": _("deleted entries: they are no longer yours"),
    "orphaned": _("entries of films that no longer exist there"),
    "likes-of-others": _("likes of reviews and lists by others"),
    "series": _("series and episodes"),
    "collection": _("films that you own: this site keeps no collection"),
    "profile": _("your profile and account there"),
    "people": _("people whom you know there"),
    "comments": _("comments"),
    "other-file": _("nothing about films seen"),
    "unknown-file": _("no list of films that is known here"),
    "nested-zip": _("a ZIP inside a ZIP inside the ZIP: upload it by itself"),
    "another-site": _("from another site than the rest: upload it by itself"),
}
TEXTS = FILES | ROWS | ASIDE | FILES_ASIDE


def text_of(code: str, values: Mapping[str, object] | None = None) -> str:
    """The words for a code; the values are not escaped."""
    return str(TEXTS[code]) % (values or {})

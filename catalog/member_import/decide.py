"""What a member decides about rows: which film is meant, whose stars count, what stays out."""

import re
from collections.abc import Mapping
from itertools import islice

from django.db import transaction

from catalog.models import ImportRow, MemberImport, Movie
from catalog.models.import_row import MatchedBy
from catalog.models.member_import import ConflictRule, ImportState
from catalog.services.imported_rows import settle

from .match import suggestions_for

FIELD = re.compile(r"row-(\d{1,18})")
FILM = re.compile(r"film-(\d{1,18})")

# A form has one row, or as many as a page shows.
MOST_AT_ONCE = 50

# What says that two rows mean one film, whichever it is.
IDENTITY = ("folded", "year", "imdb_id", "tmdb_id", "movielens_id", "letterboxd_id")


def decide(job: MemberImport, fields: Mapping[str, str]) -> list[int]:
    """Apply the fields ``row-<key>`` of a form. Returns the keys of the rows they are about.

    Values: ``film-<key>`` the film that is meant, ``wrong`` it is another film than thought,
    ``left-out`` and ``taken-in``, ``mine`` and ``theirs`` whose stars count, and ``rule`` as the
    import's rule says. Rows that are not the import's, and values that make no sense, are passed
    over, as are rows beyond MOST_AT_ONCE, and all of it once the preview is over.
    """
    named = ((FIELD.fullmatch(name), value) for name, value in fields.items())
    wanted = dict(islice(((int(m[1]), value) for m, value in named if m), MOST_AT_ONCE))
    with transaction.atomic():
        locked = MemberImport.objects.select_for_update()
        if not locked.filter(pk=job.pk, state=ImportState.PREVIEW).exists():
            return []
        rows = list(job.rows.filter(pk__in=wanted))
        for row in rows:
            _decide(row, wanted[row.pk])
        if rows:
            settle(job)
    return [row.pk for row in rows]


def _decide(row: ImportRow, value: str) -> None:
    if value in ("left-out", "taken-in"):
        _alike(row).update(left_out=value == "left-out")
    elif value in (ConflictRule.MINE, ConflictRule.THEIRS, "rule"):
        row.take = "" if value == "rule" else value
        row.save(update_fields=["take"])
    elif value == "wrong":
        unknown = {"movie": None, "matched_by": "", "left_out": False}
        _alike(row).update(suggestions=suggestions_for(row), **unknown)
    elif (film := FILM.fullmatch(value)) and Movie.objects.filter(pk=film[1]).exists():
        _alike(row).update(movie_id=int(film[1]), matched_by=MatchedBy.BY_HAND, left_out=False)


def _alike(row: ImportRow):  # type: ignore[no-untyped-def]
    """The rows of the import that mean the same film: with stars, watchlist, diary."""
    same = {name: getattr(row, name) for name in IDENTITY}
    nothing = {f"{name}__isnull": True for name, value in same.items() if value is None}
    same = {name: value for name, value in same.items() if value is not None}
    return ImportRow.objects.filter(member_import=row.member_import_id, **same, **nothing)

"""Films seen without stars: the one write path of what is marked as seen."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from catalog.models import Movie, SeenMovie, WatchlistEntry

from .diary import check_day
from .turns import take_turn

MARK = """
WITH made AS (
    INSERT INTO catalog_seenmovie (user_id, movie_id, marked_at)
    SELECT %(user)s, movie_id, %(now)s FROM unnest(%(movies)s::bigint[]) AS given (movie_id)
    ON CONFLICT (user_id, movie_id) DO NOTHING
    RETURNING id, movie_id, marked_at
), gone AS (
    DELETE FROM catalog_watchlistentry USING made
    WHERE catalog_watchlistentry.user_id = %(user)s
      AND catalog_watchlistentry.movie_id = made.movie_id
    RETURNING catalog_watchlistentry.movie_id, added_at
)
SELECT made.id, made.movie_id, made.marked_at, gone.added_at
FROM made LEFT JOIN gone ON gone.movie_id = made.movie_id
"""


@dataclass(frozen=True)
class Marked:
    """The mark, and what ``take_back`` needs to undo making it, as JSON can hold it."""

    mark: SeenMovie
    before: dict[str, Any]


def mark_seen(*, user_id: int, movie: Movie, watched_on: date | None = None) -> Marked:
    """Mark a film as seen, on a day or without one, and take it off the watchlist.

    An earlier mark stays, with the day that is given now. Raises DiaryError for a day that has
    not come.
    """
    if watched_on is not None:
        check_day(watched_on)
    with transaction.atomic():
        take_turn(user_id)
        kept = WatchlistEntry.objects.filter(user_id=user_id, movie=movie).first()
        before = _before(user_id, movie) | {"kept_at": kept and kept.added_at.isoformat()}
        if kept is not None:
            kept.delete()
        mark, _ = SeenMovie.objects.update_or_create(
            user_id=user_id, movie=movie, defaults={"watched_on": watched_on}
        )
    return Marked(mark, before)


def mark_new(user_id: int, movie_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Mark many films as seen without a day, those that are not marked yet.

    Returns by film what ``unmark_made`` needs, as JSON can hold it.
    """
    if not movie_ids:
        return {}
    values: dict[str, Any] = {"user": user_id, "movies": sorted(movie_ids), "now": timezone.now()}
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(MARK, values)
        return {
            movie_id: {
                "key": key,
                "movie": movie_id,
                "marked_at": marked_at.isoformat(),
                "kept_at": kept_at and kept_at.isoformat(),
            }
            for key, movie_id, marked_at, kept_at in cursor.fetchall()
        }


def unmark_made(user_id: int, made: Collection[Mapping[str, Any]]) -> int:
    """Undo ``mark_new``, for the marks that are still as it made them. Returns how many."""
    by_key = {one["key"]: one for one in made}
    with transaction.atomic():
        marks = SeenMovie.objects.select_for_update().filter(
            user_id=user_id, pk__in=by_key, watched_on=None
        )
        untouched = [
            by_key[mark.pk]
            for mark in marks
            if mark.marked_at == datetime.fromisoformat(by_key[mark.pk]["marked_at"])
        ]
        SeenMovie.objects.filter(pk__in=[one["key"] for one in untouched]).delete()
        for one in untouched:
            if one["kept_at"]:
                _keep_again(user_id, one["movie"], one["kept_at"])
    return len(untouched)


def unmark_seen(*, user_id: int, movie: Movie) -> dict[str, Any]:
    """Take the mark away; what is rated or in the diary stays seen. Returns what undoes it."""
    with transaction.atomic():
        take_turn(user_id)
        before = _before(user_id, movie)
        SeenMovie.objects.filter(user_id=user_id, movie=movie).delete()
    return before


def take_back(user_id: int, before: Mapping[str, Any]) -> None:
    """Undo ``mark_seen`` or ``unmark_seen``: the mark and the watchlist are as before."""
    movie_id = before["movie"]
    if not Movie.objects.filter(pk=movie_id).exists():
        return
    with transaction.atomic():
        take_turn(user_id)
        SeenMovie.objects.filter(user_id=user_id, movie_id=movie_id).delete()
        if (was := before["mark"]) is not None:
            watched_on = was["watched_on"]
            SeenMovie.objects.create(
                pk=was["key"],
                user_id=user_id,
                movie_id=movie_id,
                watched_on=watched_on and date.fromisoformat(watched_on),
                marked_at=datetime.fromisoformat(was["marked_at"]),
            )
        if kept_at := before.get("kept_at"):
            _keep_again(user_id, movie_id, kept_at)


def _keep_again(user_id: int, movie_id: int, kept_at: str) -> None:
    entry, created = WatchlistEntry.objects.get_or_create(user_id=user_id, movie_id=movie_id)
    if created:  # the field sets itself when a row is added
        entry.added_at = datetime.fromisoformat(kept_at)
        entry.save(update_fields=["added_at"])


def _before(user_id: int, movie: Movie) -> dict[str, Any]:
    """What stands there now; the mark is locked until the transaction ends."""
    mine = SeenMovie.objects.select_for_update().filter(user_id=user_id, movie=movie).first()
    return {"movie": movie.pk, "mark": _as_json(mine) if mine else None}


def _as_json(mark: SeenMovie) -> dict[str, Any]:
    return {
        "key": mark.pk,
        "watched_on": mark.watched_on and mark.watched_on.isoformat(),
        "marked_at": mark.marked_at.isoformat(),
    }

"""Diary entries: the one write path."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import DiaryEntry, Movie
from catalog.models.diary import FIRST_SHOW

from .bulk_ratings import ratings_before, restore
from .ratings import check, rate
from .turns import take_turn

EASTERNMOST = timedelta(hours=14)
LOG = """
INSERT INTO catalog_diaryentry
    (user_id, movie_id, watched_on, rewatch, note, created_at)
SELECT %(user)s, movie_id, watched_on, rewatch, '', %(now)s
FROM unnest(%(movies)s::bigint[], %(days)s::date[], %(rewatches)s::boolean[])
    AS given (movie_id, watched_on, rewatch)
ORDER BY watched_on, movie_id
ON CONFLICT (user_id, movie_id, watched_on) DO NOTHING
RETURNING id, movie_id, watched_on, rewatch
"""


class DiaryError(ValueError):
    """The day is not possible; the message says why, in the reader's language."""


@dataclass(frozen=True)
class Viewing:
    """What a member writes into the diary. ``half_stars`` None: no opinion of that day."""

    watched_on: date
    half_stars: int | None = None
    rewatch: bool = False
    note: str = ""


@dataclass(frozen=True)
class Written:
    """The entry, and what ``take_back`` needs to undo writing it, as JSON can hold it."""

    entry: DiaryEntry
    before: dict[str, Any]


class DayWatched(NamedTuple):
    """A film watched on a day, of which nothing more is known."""

    movie_id: int
    watched_on: date
    rewatch: bool = False


def log_new(user_id: int, watched: Sequence[DayWatched]) -> dict[tuple[int, date], dict[str, Any]]:
    """Log many films as watched, each on a day that ``check_day`` allows; entries there stay.

    Returns by film and day what ``erase_made`` needs, as JSON can hold it.
    """
    if not watched:
        return {}
    values: dict[str, Any] = {
        "user": user_id,
        "movies": [one.movie_id for one in watched],
        "days": [one.watched_on for one in watched],
        "rewatches": [one.rewatch for one in watched],
        "now": timezone.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(LOG, values)
        return {
            (movie_id, day): {"key": key, "watched_on": day.isoformat(), "rewatch": rewatch}
            for key, movie_id, day, rewatch in cursor.fetchall()
        }


def erase_made(user_id: int, made: Collection[Mapping[str, Any]]) -> int:
    """Undo ``log_new``, for the entries that are still as it made them. Returns how many."""
    by_key = {one["key"]: one for one in made}
    with transaction.atomic():
        entries = DiaryEntry.objects.select_for_update().filter(
            user_id=user_id, pk__in=by_key, half_stars=None, note=""
        )
        untouched = [
            entry.pk
            for entry in entries
            if entry.watched_on.isoformat() == by_key[entry.pk]["watched_on"]
            and entry.rewatch == by_key[entry.pk]["rewatch"]
        ]
        DiaryEntry.objects.filter(pk__in=untouched).delete()
    return len(untouched)


def write(
    *, user_id: int, movie: Movie, viewing: Viewing, entry: DiaryEntry | None = None
) -> Written:
    """Log a film as watched, or change ``entry``. A film has one entry a day: the later one stays.

    Stars become the member's rating unless a later viewing has stars of its own. Raises DiaryError
    for a day that has not come, or on which another entry stands; InvalidRatingError.
    """
    check_day(viewing.watched_on)
    half_stars = viewing.half_stars
    if half_stars is not None:
        check(half_stars)
    with transaction.atomic():
        take_turn(user_id)
        if entry is not None:
            # As it is now: another request may have changed or deleted it meanwhile.
            entry = DiaryEntry.objects.select_for_update().filter(pk=entry.pk).first()
            if entry is None:
                raise DiaryError(_("This entry was deleted meanwhile."))
        same_day = (
            DiaryEntry.objects.select_for_update()
            .filter(user_id=user_id, movie=movie, watched_on=viewing.watched_on)
            .first()
        )
        if entry is not None and same_day is not None and same_day.pk != entry.pk:
            raise DiaryError(_("This film is already in your diary for that day."))
        entry = entry or same_day
        before: dict[str, Any] = {"movie": movie.pk, "entry": _as_json(entry) if entry else None}
        had = entry.half_stars if entry else None
        entry = entry or DiaryEntry(user_id=user_id, movie=movie)
        entry.watched_on = viewing.watched_on
        entry.half_stars = half_stars
        entry.rewatch = viewing.rewatch
        entry.note = viewing.note
        entry.save()
        if half_stars is not None and half_stars != had and not _rated_later(entry):
            before["ratings"] = ratings_before(user_id, [movie.pk])
            rate(user_id=user_id, movie=movie, half_stars=half_stars)
    return Written(entry, {**before, "key": entry.pk})


def erase(entry: DiaryEntry) -> dict[str, Any]:
    """Delete an entry; a rating stays. Returns what ``take_back`` needs to undo it."""
    with transaction.atomic():
        take_turn(entry.user_id)
        before = {"movie": entry.movie_id, "entry": _as_json(entry), "key": entry.pk}
        entry.delete()
    return before


def take_back(user_id: int, before: Mapping[str, Any]) -> None:
    """Undo ``write`` or ``erase``: the entry, and the rating if it was changed, are as before."""
    if not Movie.objects.filter(pk=before["movie"]).exists():
        return
    mine = DiaryEntry.objects.filter(user_id=user_id, movie_id=before["movie"])
    with transaction.atomic():
        take_turn(user_id)
        mine.filter(pk=before["key"]).delete()
        if (was := before["entry"]) is not None:
            day = date.fromisoformat(was["watched_on"])
            mine.filter(watched_on=day).delete()
            DiaryEntry.objects.create(
                pk=before["key"],
                user_id=user_id,
                movie_id=before["movie"],
                watched_on=day,
                half_stars=was["half_stars"],
                rewatch=was["rewatch"],
                note=was["note"],
                created_at=datetime.fromisoformat(was["created_at"]),
            )
        if "ratings" in before:
            restore(user_id, before["ratings"])


def latest_day() -> date:
    """Today in the easternmost time zone: where the member lives is not known."""
    return (timezone.now() + EASTERNMOST).date()


def check_day(day: date) -> None:
    """Raise DiaryError for a day on which nobody can have watched a film."""
    if day > latest_day():
        raise DiaryError(_("That day is in the future."))
    if day < FIRST_SHOW:
        raise DiaryError(_("There were no films yet on that day."))


def _rated_later(entry: DiaryEntry) -> bool:
    return DiaryEntry.objects.filter(
        user_id=entry.user_id,
        movie_id=entry.movie_id,
        watched_on__gt=entry.watched_on,
        half_stars__isnull=False,
    ).exists()


def _as_json(entry: DiaryEntry) -> dict[str, Any]:
    return {
        "watched_on": entry.watched_on.isoformat(),
        "half_stars": entry.half_stars,
        "rewatch": entry.rewatch,
        "note": entry.note,
        "created_at": entry.created_at.isoformat(),
    }

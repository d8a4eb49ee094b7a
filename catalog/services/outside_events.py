"""Ratings and plays that another program tells, many at once: all of them, or none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from catalog.models import Rating

from .diary import DayWatched, check_day, log_new
from .ratings import RatedFilm, rate_many
from .turns import take_turn


@dataclass(frozen=True)
class OutsideEvent:
    """A rating where there are ``half_stars``, else a play."""

    user_id: int
    movie_id: int
    at: datetime
    half_stars: int | None = None


@dataclass(frozen=True)
class Recorded:
    """How many were written; the others were there already, or newer ones were."""

    ratings: int
    plays: int


def record_events(events: Sequence[OutsideEvent]) -> Recorded:
    """Write what is newer than what is there. Sent again, it changes nothing.

    Raises DiaryError for a day that has not come, InvalidRatingError.
    """
    for event in events:
        check_day(event.at.date())
    by_member: dict[int, list[OutsideEvent]] = defaultdict(list)
    for event in events:
        by_member[event.user_id].append(event)
    ratings = plays = 0
    with transaction.atomic():
        take_turn(*by_member)
        for user_id in sorted(by_member):
            ratings += _rate(user_id, by_member[user_id])
            plays += _log(user_id, by_member[user_id])
    return Recorded(ratings, plays)


def _rate(user_id: int, events: Sequence[OutsideEvent]) -> int:
    latest: dict[int, RatedFilm] = {}
    for event in sorted(events, key=lambda event: event.at):
        if event.half_stars is not None:
            latest[event.movie_id] = RatedFilm(event.movie_id, event.half_stars, event.at)
    mine = Rating.objects.filter(user_id=user_id, movie_id__in=latest)
    there = dict(mine.values_list("movie_id", "rated_at"))
    new = sorted((one for key, one in latest.items() if key not in there), key=lambda one: one[2])
    changed = [one for key, one in latest.items() if key in there and one.rated_at > there[key]]
    return len(rate_many(user_id, new=new, changed=changed))


def _log(user_id: int, events: Sequence[OutsideEvent]) -> int:
    days = {(one.movie_id, one.at.date()) for one in events if one.half_stars is None}
    return len(log_new(user_id, [DayWatched(key, day) for key, day in sorted(days)]))

"""Applying plays and ratings, in one transaction; what undoing needs is kept with each.

A play of a known day becomes an entry in the diary, which makes the film seen. A play or mark
without a day makes the film seen without one, unless it is seen already. The film's place on the
watchlist goes with a mark, as it does by hand; the watchlist does not show what is in the diary.
"""

from __future__ import annotations

from collections.abc import Sequence

from catalog.models import WatchEvent
from catalog.models.media_server import EventState
from catalog.services.bulk_ratings import ratings_before
from catalog.services.diary import DayWatched, log_new
from catalog.services.ratings import RatedFilm, rate_many
from catalog.services.seen import mark_new

from .plan import Plan, plan_for


def apply_events(user_id: int, events: Sequence[WatchEvent]) -> Plan:
    """Write what is new of events that know their films, and say in each what became of it.

    Must be called inside a transaction that holds the member's row.
    """
    plan = plan_for(user_id, events)
    _see(user_id, plan)
    _log(user_id, plan)
    _rate(user_id, plan)
    for state, some in (
        (EventState.APPLIED, plan.written),
        (EventState.SAME, plan.same),
        (EventState.KEPT, plan.kept),
    ):
        for event in some:
            event.state = state
    WatchEvent.objects.bulk_update(events, ["state", "before"], batch_size=1000)
    return plan


def _see(user_id: int, plan: Plan) -> None:
    made = mark_new(user_id, [event.movie_id for event in plan.seen if event.movie_id])
    for event in plan.seen:
        event.before = {"seen": made[event.movie_id]} if event.movie_id in made else None


def _log(user_id: int, plan: Plan) -> None:
    days = {
        (event.movie_id, event.watched_on): event
        for event in plan.diary
        if event.movie_id and event.watched_on
    }
    made = log_new(
        user_id,
        [DayWatched(movie, day, event.rewatch) for (movie, day), event in days.items()],
    )
    for place, event in days.items():
        event.before = {"diary": made[place]} if place in made else None


def _rate(user_id: int, plan: Plan) -> None:
    """Each keeps what the film had before, and how it is now."""
    if not plan.ratings:
        return
    films = [event.movie_id for event in plan.ratings if event.movie_id]
    before = ratings_before(user_id, films)
    rated = {row[1]: row for row in before["ratings"]}
    hidden = {row[1]: row for row in before["hidden"]}
    given = {
        event.movie_id: RatedFilm(
            event.movie_id, event.half_stars, event.happened_at or event.received_at
        )
        for event in plan.ratings
        if event.movie_id and event.half_stars
    }
    rate_many(
        user_id,
        new=[one for movie, one in given.items() if movie not in rated],
        changed=[one for movie, one in given.items() if movie in rated],
    )
    for event in plan.ratings:
        movie = event.movie_id
        event.before = {
            "ratings": {
                "films": [movie],
                "ratings": [rated[movie]] if movie in rated else [],
                "hidden": [hidden[movie]] if movie in hidden else [],
            }
        }

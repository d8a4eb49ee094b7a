"""Undoing plays and ratings: exactly what they wrote, nothing that was changed by hand since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from catalog.models import Rating, WatchEvent
from catalog.models.media_server import EventState
from catalog.services.bulk_ratings import restore
from catalog.services.diary import erase_made
from catalog.services.seen import unmark_made

from .plan import order_of_ratings, ratings_taken_over


def undo_events(user_id: int, events: Sequence[WatchEvent]) -> None:
    """Must be called inside a transaction that holds the member's row."""
    wrote = [
        (event, event.before)
        for event in events
        if event.state == EventState.APPLIED and event.before
    ]
    unmark_made(user_id, [before["seen"] for _, before in wrote if "seen" in before])
    erase_made(user_id, [before["diary"] for _, before in wrote if "diary" in before])
    _take_stars_back(user_id, [event for event, before in wrote if "ratings" in before])
    for event in events:
        event.state = EventState.UNDONE
        event.before = None
    WatchEvent.objects.bulk_update(events, ["state", "before"], batch_size=1000)


def _take_stars_back(user_id: int, events: Sequence[WatchEvent]) -> None:
    """Stars that are still the server's become what they were before it spoke.

    Where a later sync has replaced them, that one will go back to what was before both.
    """
    films = [event.movie_id for event in events if event.movie_id]
    mine = Rating.objects.filter(user_id=user_id, movie_id__in=films)
    now = dict(mine.values_list("movie_id", "half_stars"))
    undone = {event.pk for event in events}
    restored: list[dict[str, Any]] = []
    handed_on: list[WatchEvent] = []
    taken_over = ratings_taken_over(user_id, films)
    for event in events:
        before: dict[str, Any] = (event.before or {})["ratings"]
        later = [
            one
            for one in taken_over.get(event.movie_id or 0, [])
            if one.pk not in undone and order_of_ratings(one) > order_of_ratings(event)
        ]
        if later:
            later[0].before = {"ratings": before}
            handed_on.append(later[0])
        elif now.get(event.movie_id or 0) == event.half_stars:
            restored.append(before)
    WatchEvent.objects.bulk_update(handed_on, ["before"], batch_size=1000)
    if restored:
        names = ("films", "ratings", "hidden")
        restore(user_id, {name: [row for one in restored for row in one[name]] for name in names})

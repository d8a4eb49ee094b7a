"""Asking for the stars of what was watched: on one visit, and never again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone

from catalog.models import Movie, Rating, WatchEvent
from catalog.models.media_server import EventState
from catalog.queries.films_by_key import card_movies

RECENT = timedelta(days=14)
# So long a visit lasts: the question stays when the page is loaded again.
VISIT = timedelta(minutes=30)
MOST_ASKED = 6


def films_to_rate(user_id: int, most: int = MOST_ASKED) -> list[Movie]:
    """Films to ask about on this visit, the last watched first, ready to be shown."""
    now = timezone.now()
    of_film = WatchEvent.objects.filter(user_id=user_id, movie_id=OuterRef("movie_id"))
    asked_before = Q(declined=True) | Q(asked_at__lt=now - VISIT)
    watched = (
        WatchEvent.objects.filter(
            ~Exists(Rating.objects.filter(user_id=user_id, movie_id=OuterRef("movie_id"))),
            ~Exists(of_film.filter(asked_before)),
            user_id=user_id,
            half_stars=None,
            movie__isnull=False,
            state__in=(EventState.APPLIED, EventState.SAME),
            received_at__gte=now - RECENT,
        )
        .order_by()
        .values("movie_id")
        .annotate(last=Max("received_at"), asked=Max("asked_at"))
        .order_by("-last", "movie_id")[:most]
    )
    films = list(watched)
    if new := [film["movie_id"] for film in films if film["asked"] is None]:
        _plays(user_id, new).update(asked_at=now)
    if not films:
        return []
    cards = card_movies(film["movie_id"] for film in films)
    return [cards[film["movie_id"]] for film in films if film["movie_id"] in cards]


def decline(user_id: int, movie_ids: Collection[int]) -> int:
    """Ask no more about these films. Returns how many plays that was about."""
    return _plays(user_id, movie_ids).update(declined=True)


def _plays(user_id: int, movie_ids: Collection[int]):  # type: ignore[no-untyped-def]
    return WatchEvent.objects.filter(user_id=user_id, movie_id__in=movie_ids, half_stars=None)

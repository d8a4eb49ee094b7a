"""How many ratings of each kind a film has."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.cache import cache
from django.db.models import Count

from catalog.models import Movie, Rating

MANY = 2000  # from so many on, one rating more is not seen in the chart
SECONDS = 600


def stars_given(movie: Movie) -> Mapping[int, int]:
    """Half-stars (1 to 10) → number of ratings; absent ones count as none.

    Of a film with many, as of ten minutes ago at most: PostgreSQL reads all of them, which for a
    hundred thousand takes longer than the rest of the page.
    """
    if not movie.shown_count:
        return {}
    if movie.shown_count < MANY:
        return dict(_counted(movie))
    key = f"catalog.given_stars.{movie.pk}"
    known: list[tuple[int, int]] | None = cache.get(key)
    if known is None:
        known = _counted(movie)
        cache.set(key, known, SECONDS)
    return dict(known)


def _counted(movie: Movie) -> list[tuple[int, int]]:
    given = Rating.objects.filter(movie=movie).order_by().values_list("half_stars")
    return list(given.annotate(ratings=Count("pk")))

"""Similarity of two members' ratings, shrunk where they have few films in common."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import StatisticsError, correlation

from django.db.models import F

from catalog.models import Rating

# Below so many films in common a correlation says next to nothing.
ENOUGH = 10
NEAR_HALF_STARS = 1
LOVED_HALF_STARS = 8
LIKELY = 1.96  # standard deviations to either side: 95 %


@dataclass(frozen=True)
class SharedTaste:
    """``near`` of the ``count`` films in common are rated at most half a star apart.

    ``correlation`` is Pearson's, from -1 to 1, with ``low`` and ``high`` of its 95 % confidence
    interval (Fisher's z); None for fewer films than ENOUGH, or where one of them gave all films
    the same. ``loved`` are keys of films to which both gave four stars or more, the highest first.
    """

    count: int
    near: int
    correlation: float | None
    low: float | None
    high: float | None
    loved: list[int]


def shared_taste(user_id: int, other_id: int) -> SharedTaste:
    """Of two members, in one query."""
    pairs = list(
        Rating.objects.filter(user_id=user_id, movie__ratings__user_id=other_id)
        .annotate(theirs=F("movie__ratings__half_stars"))
        .order_by("movie_id")
        .values_list("movie_id", "half_stars", "theirs")
    )
    mine, theirs = [pair[1] for pair in pairs], [pair[2] for pair in pairs]
    found, low, high = _correlation(mine, theirs)
    loved = [pair for pair in pairs if min(pair[1:]) >= LOVED_HALF_STARS]
    return SharedTaste(
        count=len(pairs),
        near=sum(abs(a - b) <= NEAR_HALF_STARS for _, a, b in pairs),
        correlation=found,
        low=low,
        high=high,
        loved=[key for key, a, b in sorted(loved, key=lambda pair: -pair[1] - pair[2])],
    )


def _correlation(
    mine: Sequence[int], theirs: Sequence[int]
) -> tuple[float | None, float | None, float | None]:
    if len(mine) < ENOUGH:
        return None, None, None
    try:
        found = correlation(mine, theirs)
    except StatisticsError:  # one of them does not vary
        return None, None, None
    z = math.atanh(max(-0.9999, min(0.9999, found)))
    reach = LIKELY / math.sqrt(len(mine) - 3)
    return found, math.tanh(z - reach), math.tanh(z + reach)

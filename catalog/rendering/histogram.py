"""Histogram of ratings over the ten half-stars, as the geometry of its bars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .bar_chart import BAR_WIDTH, Bar, bars, chart_width

GAP, HEIGHT = 2, 72
HALF_STARS = range(1, 11)


@dataclass(frozen=True, kw_only=True)
class StarsBar(Bar):
    stars: float


@dataclass(frozen=True)
class Histogram:
    bars: list[StarsBar]
    total: int
    width: int = chart_width(len(HALF_STARS), GAP)
    bar_width: int = BAR_WIDTH
    full_height: int = HEIGHT

    @classmethod
    def of(cls, counts: Mapping[int, int]) -> Histogram:
        """``counts``: half-stars (1 to 10) → number of ratings; absent ones count as none."""
        drawn = bars([counts.get(half, 0) for half in HALF_STARS], gap=GAP, height=HEIGHT)
        return cls(
            bars=[
                StarsBar(stars=half / 2, **vars(bar))
                for half, bar in zip(HALF_STARS, drawn, strict=True)
            ],
            total=sum(counts.values()),
        )

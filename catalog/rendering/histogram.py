"""Histogram of ratings over the ten half-stars, as the geometry of its bars."""

from collections.abc import Mapping
from dataclasses import dataclass

BAR, GAP, HEIGHT = 18, 2, 72


@dataclass(frozen=True)
class Bar:
    stars: float
    count: int
    share: float  # of all ratings, 0 to 100
    x: int
    y: float
    height: float


@dataclass(frozen=True)
class Histogram:
    bars: list[Bar]
    total: int
    width: int = 10 * (BAR + GAP) - GAP
    bar_width: int = BAR
    full_height: int = HEIGHT

    @classmethod
    def of(cls, counts: Mapping[int, int]) -> "Histogram":
        """``counts``: half-stars (1 to 10) → number of ratings; absent ones count as none."""
        total, highest = sum(counts.values()), max(counts.values(), default=0)
        bars = []
        for half_stars in range(1, 11):
            count = counts.get(half_stars, 0)
            height = round(max(HEIGHT * count / highest, 2), 1) if count else 0
            bars.append(
                Bar(
                    stars=half_stars / 2,
                    count=count,
                    share=100 * count / total if total else 0,
                    x=(half_stars - 1) * (BAR + GAP),
                    y=round(HEIGHT - height, 1),
                    height=height,
                )
            )
        return cls(bars=bars, total=total)

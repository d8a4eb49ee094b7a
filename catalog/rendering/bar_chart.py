"""Bar charts: counts as the geometry of bars in an SVG, which templates draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BAR_WIDTH = 18
LOWEST = 2  # so that a count of one is seen beside thousands


@dataclass(frozen=True, kw_only=True)
class Bar:
    """``y`` is where it begins, from the top; its ``height`` is 0 for a count of none."""

    count: int
    x: int
    y: float
    height: float


def bars(counts: Sequence[int], *, gap: int, height: int) -> list[Bar]:
    """A bar for each count, side by side; the highest fills the ``height`` of the chart."""
    highest = max(counts, default=0)
    heights = [
        round(max(height * count / highest, LOWEST), 1) if count else 0.0 for count in counts
    ]
    return [
        Bar(
            count=count,
            x=place * (BAR_WIDTH + gap),
            y=round(height - bar_height, 1),
            height=bar_height,
        )
        for place, (count, bar_height) in enumerate(zip(counts, heights, strict=True))
    ]


def chart_width(number: int, gap: int) -> int:
    """The width of a chart of so many bars."""
    return number * (BAR_WIDTH + gap) - gap

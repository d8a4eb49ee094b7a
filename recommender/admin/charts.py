"""Line charts as SVG made on the server, without script or style, so that any CSP allows them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 480, 180
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 14, 26
TICKS = 4

Point = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Series:
    """A line; ``tone`` is the number of its colour in ``static/css/admin-recommender.css``."""

    name: str
    points: Sequence[Point]
    tone: int = 1


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Maps values of one axis to pixels."""

    low: float
    high: float
    start: float
    end: float

    @classmethod
    def over(cls, values: Sequence[float], start: float, end: float) -> Scale:
        low, high = min(values), max(values)
        if low == high:
            spread = abs(low) * 0.1 or 1.0
            low, high = low - spread, high + spread
        return cls(low=low, high=high, start=start, end=end)

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self) -> list[float]:
        """About `TICKS` round numbers inside."""
        rough = (self.high - self.low) / TICKS
        size = 10 ** math.floor(math.log10(rough))
        step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= rough)
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [round(number * step, 10) for number in range(first, last + 1)]


def line_chart(
    title: str,
    series: Sequence[Series],
    *,
    x_label: str = "",
    limit: float | None = None,
) -> SafeString:
    """A chart of one or more lines; ``limit`` is a dashed level. Empty without finite points."""
    lines = [
        Series(
            name=line.name,
            points=[(x, y) for x, y in line.points if math.isfinite(x) and math.isfinite(y)],
            tone=line.tone,
        )
        for line in series
    ]
    lines = [line for line in lines if line.points]
    if not lines:
        return SafeString("")
    xs = [x for line in lines for x, _ in line.points]
    ys = [y for line in lines for _, y in line.points] + ([] if limit is None else [limit])
    across = Scale.over(xs, LEFT, WIDTH - RIGHT)
    up = Scale.over(ys, HEIGHT - BOTTOM, TOP)
    drawn = [
        {
            "name": line.name,
            "tone": line.tone,
            "path": " ".join(f"{across(x)},{up(y)}" for x, y in line.points),
            "last": (across(line.points[-1][0]), up(line.points[-1][1])),
        }
        for line in lines
    ]
    context = {
        "title": title,
        "summary": "; ".join(
            f"{line.name}: {line.points[-1][1]:.4g} at the end, "
            f"{min(y for _, y in line.points):.4g} to {max(y for _, y in line.points):.4g}"
            for line in lines
        ),
        "lines": drawn,
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": WIDTH - RIGHT,
        "bottom": HEIGHT - BOTTOM,
        "x_label": x_label,
        "y_ticks": [(up(value), f"{value:g}") for value in up.ticks()],
        "x_ends": (f"{across.low:g}", f"{across.high:g}") if len(set(xs)) > 1 else None,
        "only_x": (across(xs[0]), f"{xs[0]:g}") if len(set(xs)) == 1 else None,
        "limit": None if limit is None else up(limit),
    }
    return render_to_string("admin/recommender/_chart.html", context)

"""Line charts as SVG: standard library only.

There is neither style nor script in them, so that any content security policy allows them. What
colours them are attributes, which a page's style sheet overrules by the classes beside them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

WIDTH, HEIGHT = 480, 180
LEFT, RIGHT, TOP, BOTTOM = 56, 468, 14, 154  # edges of the plot inside
TICKS = 4
COLOURS = ("#2f6f8f", "#b45309", "#6d5bb0")

Point = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Series:
    """A line; ``tone`` is the number of its colour, from 1 to 3."""

    name: str
    points: Sequence[Point]
    tone: int = 1

    @property
    def finite(self) -> Series:
        """Without points that cannot be drawn."""
        points = [(x, y) for x, y in self.points if math.isfinite(x) and math.isfinite(y)]
        return Series(name=self.name, points=points, tone=self.tone)

    @property
    def summary(self) -> str:
        """In words, for those who cannot see it."""
        ys = [y for _, y in self.points]
        return f"{self.name}: {ys[-1]:.4g} at the end, {min(ys):.4g} to {max(ys):.4g}"


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
    y: int = 0,
) -> str:
    """An SVG of one or more lines; ``limit`` is a dashed level. Empty without finite points.

    ``y`` is where it begins inside of a picture of several.
    """
    lines = [line for one in series if (line := one.finite).points]
    if not lines:
        return ""
    spoken = f"{title}. {'; '.join(line.summary for line in lines)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" y="{y}" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-size="11" '
        f"aria-label={quoteattr(spoken)}>{_plot(lines, x_label, limit)}</svg>"
    )


def _plot(lines: Sequence[Series], x_label: str, limit: float | None) -> str:
    xs = [x for line in lines for x, _ in line.points]
    ys = [y for line in lines for _, y in line.points] + ([] if limit is None else [limit])
    across, up = Scale.over(xs, LEFT, RIGHT), Scale.over(ys, BOTTOM, TOP)
    parts = []
    for value in up.ticks():
        parts.append(_level(up(value), 'class="chart-grid" stroke="#ddd"'))
        parts.append(_label(LEFT - 6, up(value) + 4, f"{value:g}", "end"))
    if limit is not None:
        dashes = 'class="chart-limit" stroke="#555" stroke-dasharray="4 4"'
        parts.append(_level(up(limit), dashes))
    for line in lines:
        parts.append(_line([(across(x), up(y)) for x, y in line.points], line.tone))
    if len(set(xs)) == 1:
        parts.append(_label(across(xs[0]), BOTTOM + 18, f"{x_label} {xs[0]:g}", "middle"))
    else:
        parts.append(_label(LEFT, BOTTOM + 18, f"{across.low:g}", "start"))
        parts.append(_label(RIGHT, BOTTOM + 18, f"{x_label} {across.high:g}", "end"))
    return "".join(parts)


def _line(points: Sequence[Point], tone: int) -> str:
    colour = COLOURS[(tone - 1) % len(COLOURS)]
    along, (last_x, last_y) = " ".join(f"{x},{y}" for x, y in points), points[-1]
    return (
        f'<polyline class="chart-line chart-tone-{tone}" points="{along}" fill="none" '
        f'stroke="{colour}" stroke-width="2"/>'
        f'<circle class="chart-dot chart-tone-{tone}" cx="{last_x}" cy="{last_y}" r="3" '
        f'fill="{colour}"/>'
    )


def _level(y: float, look: str) -> str:
    return f'<line {look} x1="{LEFT}" x2="{RIGHT}" y1="{y}" y2="{y}"/>'


def _label(x: float, y: float, text: str, anchor: str) -> str:
    return (
        f'<text class="chart-label" x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="#555">'
        f"{escape(text.strip())}</text>"
    )

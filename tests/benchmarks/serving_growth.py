"""Time per request against the size of the catalog, and where an approximate index would pay."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from .inverted_file import Floats, InvertedFile, best

FIGURE = Path(__file__).resolve().parents[2] / "docs" / "figures" / "serving-growth.svg"
WANTED = 200  # the candidates that serving takes from all films
RECALL = 0.95
TASTES = 300  # groups that films come in, as far apart as films of a group: an index needs some
QUERIES = 30
BUDGET = 40.0  # milliseconds that an API answer may take

Series = Mapping[int, float]


def index_times(films: int, factors: int) -> tuple[float, float, float, float]:
    """Milliseconds of exact and of approximate search for the best films by predicted stars.

    The index probes as many cells as it needs to find 95 % of the best 200. Returns both times,
    the recall, and the share of the films that it scores.
    """
    random = np.random.default_rng(6)
    tastes = random.normal(0, 1, (TASTES, factors)).astype(np.float32)
    rows = tastes[random.integers(0, TASTES, films)]
    rows += random.normal(0, 1, rows.shape).astype(np.float32)
    queries = tastes[random.integers(0, TASTES, QUERIES)]
    queries = queries + random.normal(0, 1, queries.shape).astype(np.float32)
    wanted = [best(rows @ query, WANTED) for query in queries]
    index = InvertedFile(rows)
    probes, recall = 1, 0.0
    while recall < RECALL and probes < len(index.centres):
        probes = min(len(index.centres), max(probes + 1, int(probes * 1.3)))
        recall = _recall(index, queries, wanted, probes)
    return (
        _median_ms(lambda query: best(rows @ query, WANTED), queries),
        _median_ms(lambda query: index.search(query, WANTED, probes), queries),
        recall,
        probes / len(index.centres),
    )


def _recall(
    index: InvertedFile, queries: Floats, wanted: Sequence[NDArray[np.int64]], probes: int
) -> float:
    found = [
        len(np.intersect1d(index.search(query, WANTED, probes), exact)) / len(exact)
        for query, exact in zip(queries, wanted, strict=True)
    ]
    return float(np.mean(found))


def _median_ms(search: Callable[[Floats], object], queries: Floats) -> float:
    times = []
    for query in queries:
        started = time.process_time()
        search(query)
        times.append((time.process_time() - started) * 1000)
    return float(np.median(times))


def crossing(first: Series, second: Series | float) -> float | None:
    """The size from which on ``first`` takes longer than ``second``; None where it never does.

    Between the sizes measured, times are taken to be straight lines on logarithmic axes.
    """
    sizes = sorted(first)
    over = [
        math.log(first[size]) - math.log(second if isinstance(second, float) else second[size])
        for size in sizes
    ]
    for place, (size, now) in enumerate(zip(sizes, over, strict=True)):
        if now >= 0:
            if not place:
                return float(size)
            before, smaller = over[place - 1], sizes[place - 1]
            share = before / (before - now)
            return math.exp(math.log(smaller) + share * math.log(size / smaller))
    return None


# --- The figure --------------------------------------------------------------------------------

_WIDTH, _HEIGHT = 720, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 36, 56, 48
_COLOURS = ("#b3261e", "#1f5fa8", "#6b7280", "#2f7d4f", "#b45309")


def figure(
    title: str,
    series: Mapping[str, Series],
    marks: Mapping[str, float],
    *,
    unit: str = "ms",
    x_label: str = "films in the catalog",
) -> str:
    """An SVG on logarithmic axes; ``marks`` are sizes at which a line stands, with what it says."""
    sizes = sorted({size for one in series.values() for size in one})
    values = [value for one in series.values() for value in one.values()]
    x = _scale(sizes[0], sizes[-1], _LEFT, _WIDTH - _RIGHT)
    low, high = 10 ** math.floor(math.log10(min(values))), 10 ** math.ceil(math.log10(max(values)))
    y = _scale(low, high, _HEIGHT - _BOTTOM, _TOP)
    body = [f'<text x="{_LEFT}" y="20" font-size="14" fill="#222">{escape(title)}</text>']
    for step in range(round(math.log10(low)), round(math.log10(high)) + 1):
        at = y(10.0**step)
        body.append(f'<path d="M{_LEFT} {at:.1f}H{_WIDTH - _RIGHT}" stroke="#ddd"/>')
        body.append(_text(_LEFT - 8, at + 4, f"{10.0**step:g} {unit}", "end"))
    for size in sizes:
        body.append(_text(x(size), _HEIGHT - _BOTTOM + 18, f"{size:,}", "middle"))
    body.append(_text(_WIDTH - _RIGHT, _HEIGHT - 10, x_label, "end"))
    for text, size in marks.items():
        at = x(size)
        body.append(
            f'<path d="M{at:.1f} {_TOP}V{_HEIGHT - _BOTTOM}" stroke="#999" stroke-dasharray="4 4"/>'
        )
        body.append(_text(at - 5, _HEIGHT - _BOTTOM - 8, text, "end"))
    for place, (name, one) in enumerate(series.items()):
        left = _LEFT + place * (_WIDTH - _LEFT - _RIGHT) // len(series)
        body.append(_line(name, [(x(size), y(one[size])) for size in sorted(one)], place, left))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="12"><title>{escape(title)}</title>'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>{"".join(body)}</svg>\n'
    )


def _line(name: str, points: Sequence[tuple[float, float]], place: int, left: float) -> str:
    colour = _COLOURS[place % len(_COLOURS)]
    along = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>' for x, y in points)
    return (
        f'<polyline points="{along}" fill="none" stroke="{colour}" stroke-width="2"/>'
        f'<g fill="{colour}">{dots}<rect x="{left}" y="31" width="12" height="12"/></g>'
        + _text(left + 18, 41, name, "start")
    )


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    span = math.log(high / low)
    return lambda value: start + (end - start) * math.log(value / low) / span


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="#444">{escape(text)}</text>'

"""How the figures of :mod:`tests.benchmarks.bench_scale` grow: exponents, a figure and a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from recommender.learning.arrays import FloatArray

from .serving_growth import figure

FIGURE = Path(__file__).resolve().parents[2] / "docs" / "figures" / "scale-growth.svg"
GROWING = ("seconds", "processor_seconds", "peak_mb")
NAMES = {
    "make": "made up",
    "import": "import",
    "copy": "bare COPY",
    "snapshot": "snapshot",
    "explicit": "fit of stars",
    "sequence": "fit of next films",
    "update": "quick updates",
    "site": "decisions, sums",
    "pages": "pages and ratings",
}
DRAWN = ("make", "import", "snapshot", "explicit", "sequence")

Sizes = dict[str, dict[str, dict[str, Any]]]


def in_order(sizes: Sizes, stage: str) -> list[dict[str, Any]]:
    """The figures of a stage by size, the smallest first."""
    rows = [found[stage] for found in sizes.values() if stage in found]
    return sorted(rows, key=lambda row: float(row["ratings"]))


def spent(row: dict[str, Any]) -> float:
    """Processor seconds, those of PostgreSQL included."""
    return float(row["processor_seconds"]) + float(row.get("database_processor_seconds", 0.0))


def exponents(sizes: Sizes) -> dict[str, dict[str, float]]:
    """By which power of the number of ratings each figure grows, where there are two sizes: least
    squares on logarithms."""
    grown: dict[str, dict[str, float]] = {}
    for stage in NAMES:
        rows = in_order(sizes, stage)
        if len(rows) < 2:
            continue
        ratings = np.log([row["ratings"] for row in rows])
        grown[stage] = {
            name: _power(ratings, np.log([row[name] for row in rows]))
            for name in GROWING
            if all(row.get(name, 0) > 0 for row in rows)
        }
    return grown


def _power(ratings: FloatArray, figures: FloatArray) -> float:
    return round(float(np.polyfit(ratings, figures, 1)[0]), 2) + 0.0  # never -0


def drawing(sizes: Sizes) -> str:
    """Processor seconds of each stage against the ratings."""
    series = {
        NAMES[stage]: {row["ratings"]: spent(row) for row in rows}
        for stage in DRAWN
        if (rows := in_order(sizes, stage))
    }
    title = "Processor time of each stage against the number of ratings"
    return figure(title, series, {}, unit="s", x_label="ratings")


def table(sizes: Sizes) -> str:
    """Markdown: seconds, processor seconds and megabytes of each stage by size, and the powers."""
    grown = exponents(sizes)
    lines = ["| stage | ratings | s | processor s | MB | powers of s, processor s, MB |"]
    lines.append("| --- | --- | --- | --- | --- | --- |")
    for stage, name in NAMES.items():
        powers = ", ".join(
            f"{grown[stage][one]:.2f}" for one in GROWING if one in grown.get(stage, {})
        )
        for row in in_order(sizes, stage):
            cells = (f"{row['seconds']:,.1f}", f"{spent(row):,.1f}", f"{row['peak_mb']:,.0f}")
            lines.append(f"| {name} | {row['ratings']:,} | {' | '.join(cells)} | {powers} |")
            name = powers = ""
    return "\n".join(lines)

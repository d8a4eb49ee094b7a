"""Figures of bench_pages: JSON lines with a bootstrap interval over users."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np

from recommender.learning.arrays import FloatArray, IntArray

RESAMPLES = 500


def say(name: str, values: FloatArray | Sequence[float], users: IntArray, **facts: object) -> None:
    """Print the mean over questions with its interval; ``users`` says whose each question is."""
    values, users = np.asarray(values, float), np.asarray(users)
    known = np.isfinite(values)
    values, users = values[known], users[known]
    line: dict[str, object] = {"figure": name, **facts, "questions": len(values)}
    if len(values):
        _, who = np.unique(users, return_inverse=True)
        sums, counts = np.bincount(who, values), np.bincount(who)
        draws = np.random.default_rng(0).integers(len(counts), size=(RESAMPLES, len(counts)))
        means = sums[draws].sum(axis=1) / counts[draws].sum(axis=1)
        low, high = np.quantile(means, [0.025, 0.975])
        line |= {
            "value": round(float(values.mean()), 4),
            "interval": [round(float(low), 4), round(float(high), 4)],
            "users": len(counts),
        }
    print(json.dumps(line), flush=True)

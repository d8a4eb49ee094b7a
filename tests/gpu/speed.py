"""How fast a device learns, and with how much memory: on made-up data, of no quality."""

from __future__ import annotations

import contextlib
import math
import time
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from recommender.learning.factorization.explicit import ExplicitFactorizationModel
from recommender.learning.interactions import Interactions
from recommender.learning.presets.next_item.neural.fit import PHASE, Problem, train_reader
from recommender.learning.presets.next_item.neural.recipe import Recipe, recipe_for
from recommender.learning.presets.next_item.neural.windows import Histories
from recommender.learning.progress import Progress


class _EnoughError(Exception):
    """The time that was given to a measurement is over."""


def transformer(
    device: str, users: int, items: int, interactions: int, seconds: float, recipe: Recipe | None
) -> dict[str, Any]:
    """Items a second of the transformer, for so many seconds at most, and what it takes."""
    recipe = recipe or recipe_for(device)
    histories = _histories(users, items, interactions)
    judged = max(1, min(300, users // 10))
    problem = Problem(
        histories.take(np.arange(judged, users)),
        histories.take(np.arange(judged)),
        items + 1,
        replace(recipe, most_epochs=3),
        device,
    )
    _reset(device)
    started, reports = time.monotonic(), []

    def report(progress: Progress) -> None:
        reports.append(progress)
        if time.monotonic() - started > seconds:
            raise _EnoughError

    with contextlib.suppress(_EnoughError):
        train_reader(problem, np.random.RandomState(0), report)
    speed = reports[-1].examples_per_second or 0.0
    flops = 6.0 * _products(recipe, items + 1)
    return {
        "phase": PHASE,
        "items_per_second": round(speed),
        "seconds_per_epoch": round(interactions / max(speed, 1e-9), 1),
        "teraflops_per_second": round(speed * flops / 1e12, 3),
        "loss": reports[-1].loss,
        "memory_mb": _memory(device),
        "recipe": vars(recipe),
        "ok": bool(speed > 0 and math.isfinite(reports[-1].loss or math.nan)),
    }


def factorization(device: str, users: int, items: int, interactions: int) -> dict[str, Any]:
    """Ratings a second of an epoch of factorization, in batches that keep a device busy."""
    random = np.random.default_rng(0)
    data = Interactions(
        random.integers(0, users, interactions),
        random.integers(1, items + 1, interactions),
        ratings=random.integers(1, 11, interactions) / 2,
        num_users=users,
        num_items=items + 1,
    )
    _reset(device)
    model = ExplicitFactorizationModel(
        n_iter=1, embedding_dim=64, batch_size=65536, sparse=True, device=device, random_state=0
    ).fit(data)
    line = model.history[-1]
    return {
        "ratings_per_second": round(interactions / line.seconds),
        "seconds_per_epoch": round(line.seconds, 1),
        "memory_mb": _memory(device),
        "ok": math.isfinite(line.loss),
    }


def _histories(users: int, items: int, interactions: int) -> Histories:
    """Histories whose lengths and items are as unequal as those of MovieLens."""
    random = np.random.default_rng(0)
    lengths = random.lognormal(0.0, 1.0, users)
    lengths = np.maximum(2, lengths * interactions / lengths.sum()).astype(int)
    chosen = (items * random.random(lengths.sum()) ** 2.5).astype(int) + 1
    return Histories.of(np.repeat(np.arange(users), lengths), chosen)


def _products(recipe: Recipe, num_items: int) -> float:
    """Multiplications for one item read, about: of the blocks, and of the answers compared."""
    answers = num_items if num_items <= recipe.whole_catalog else recipe.negatives
    return recipe.blocks * (14 * recipe.dim**2 + recipe.window * recipe.dim) + answers * recipe.dim


def _reset(device: str) -> None:
    if device == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


def _memory(device: str) -> int | None:
    return torch.cuda.max_memory_allocated() // 2**20 if device == "cuda" else None

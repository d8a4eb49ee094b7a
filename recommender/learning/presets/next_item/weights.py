"""Fits how much each part of a sequence blend counts: a conditional logit on held-out questions.

Each question is a history, the item that came next, and some other items drawn from a proposal
that prefers likely ones; the softmax is corrected for the drawing (Bengio and Senecal 2008,
"Adaptive importance sampling"). There are some forty weights, so thousands of questions suffice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize

from recommender.learning.arrays import Array
from recommender.learning.presets.next_item.logit import Logit
from recommender.learning.presets.next_item.neighbour_rows import DECAYS, SPAN, step_weights
from recommender.learning.presets.next_item.neighbours import (
    AFFINITY_CHANNELS,
    EVIDENCE_CHANNELS,
    NeighbourTable,
)
from recommender.learning.presets.next_item.traits import TERMS, ItemTraits, summarise, trait_terms

CANDIDATES = 300
_EVIDENCE = len(DECAYS) * EVIDENCE_CHANNELS
_AFFINITY = len(DECAYS) * AFFINITY_CHANNELS
_FEATURES = _EVIDENCE + _AFFINITY + TERMS + 1
_CURVATURE_QUESTIONS = 240
_AT_ONCE = 32  # questions, whose features a processor's cache holds
_GRADIENT_TOLERANCE = 2e-4
_STEP_WEIGHTS = step_weights(SPAN)
_NO_IDS = np.zeros(0, np.int32)
_LONGEST_STEP = 10.0


@dataclass(frozen=True)
class Members:
    """What is counted from some interactions: neighbours, traits, and each item's share."""

    neighbours: NeighbourTable
    traits: ItemTraits
    share: Array


@dataclass(frozen=True)
class Questions:
    """``features`` (n, 1 + CANDIDATES, features), the right item first; ``log_weights`` (n, 1 +
    CANDIDATES): how many items of the catalog each candidate stands for."""

    features: Array
    log_weights: Array


@dataclass(frozen=True)
class BlendWeights:
    """``evidence`` (DECAYS, EVIDENCE_CHANNELS) and ``affinity`` (DECAYS, AFFINITY_CHANNELS) weigh
    the channels of neighbours, ``traits`` (TERMS,) the trait terms; a score is ``sharpness`` x log
    (evidence + ``floor`` x share) + affinity + traits."""

    evidence: Array
    affinity: Array
    traits: Array
    sharpness: float
    floor: float
    loss: float

    def arrays(self) -> dict[str, Array]:
        """The weights, for :meth:`of`."""
        return {
            "blend_evidence": self.evidence,
            "blend_affinity": self.affinity,
            "trait_weights": self.traits.astype(np.float32),
            "blend_shape": np.array([self.sharpness, self.floor, self.loss]),
        }

    @classmethod
    def of(cls, arrays: Mapping[str, Array]) -> BlendWeights:
        """The weights that :meth:`arrays` gave."""
        sharpness, floor, loss = arrays["blend_shape"].tolist()
        return cls(
            evidence=np.array(arrays["blend_evidence"]),
            affinity=np.array(arrays["blend_affinity"]),
            traits=np.array(arrays["trait_weights"]),
            sharpness=sharpness,
            floor=floor,
            loss=loss,
        )


def ask(
    members: Members, histories: list[Array], targets: Array, random_state: np.random.RandomState
) -> Questions:
    """Draw candidates for each history and compute their features.

    Items that were held out altogether are no answers: nothing can be learned of them."""
    answerable = np.flatnonzero(members.share[targets] > 0)
    histories, targets = [histories[row] for row in answerable], targets[answerable]
    features = np.zeros((len(targets), 1 + CANDIDATES, _FEATURES), np.float32)
    log_weights = np.full((len(targets), 1 + CANDIDATES), -np.inf, np.float32)
    known = members.share > 0
    anyway = 0.3 * members.share + 0.1 * known / known.sum()
    slots = np.full(len(members.share), -1, np.int32)
    for row, (history, target) in enumerate(zip(histories, targets, strict=True)):
        read = _HistoryRows(members.neighbours, history)
        chances = _chances(read, history, anyway)
        reached = np.cumsum(chances)
        drawn = np.searchsorted(reached, random_state.random_sample(CANDIDATES) * reached[-1])
        drawn, times = np.unique(drawn, return_counts=True)
        other = (drawn != target) & (chances[drawn] > 0)  # none, where all items are of the history
        drawn, times = drawn[other], times[other]
        candidates = np.append(target, drawn)
        size = len(candidates)
        log_weights[row, 0] = 0.0
        log_weights[row, 1:size] = np.log(times * reached[-1] / (CANDIDATES * chances[drawn]))
        slots[candidates] = np.arange(size)
        evidence, affinity = read.sums(slots, size)
        slots[candidates] = -1
        of_row = features[row, :size]
        of_row[:, :_EVIDENCE] = evidence
        of_row[:, _EVIDENCE : _EVIDENCE + _AFFINITY] = affinity
        summary = summarise(members.traits, history)
        of_row[:, _EVIDENCE + _AFFINITY : -1] = trait_terms(members.traits, summary, candidates)
        of_row[:, -1] = members.share[candidates]
    return Questions(features, log_weights)


def fit_weights(questions: list[Questions], steps: int = 60, l2: float = 1e-3) -> BlendWeights:
    """The weights under which the right items are likeliest, kept near plain ones by ``l2``.

    Without questions the plain ones stay. The loss is the generalised cross-entropy (Zhang and
    Sabuncu 2018), between that and the mean error: questions that nothing in the members answers
    pull less, and the top of the ranking, which is what people see, gains.
    """
    features, log_weights, sizes = _packed(questions)
    linear = features[_EVIDENCE + 1 :]
    spread = np.ones(len(linear), np.float32)
    if len(sizes):
        spread = linear[:, np.cumsum(sizes) - sizes].std(axis=1).clip(1e-6)
    linear /= spread[:, None]
    plain = np.concatenate([np.full(_EVIDENCE, -2.0), [0.0], np.zeros(len(linear)), [0.8]])
    ridge = np.zeros(len(plain))
    ridge[:_EVIDENCE] = 2 * l2 * 0.1 / _EVIDENCE
    ridge[_EVIDENCE + 1 : -1] = 2 * l2 / len(linear)
    ridge[-1] = 2 * l2 * 0.2  # a few questions would make it as sharp as can be
    logit = Logit(features, _EVIDENCE + 1, log_weights, sizes)
    point, fitted = plain, 0.0
    if len(sizes):
        point = _fitted(logit, plain, ridge, steps)
        fitted, _ = logit.loss(point)
    evidence, slopes = np.exp(point[:_EVIDENCE]), point[_EVIDENCE + 1 : -1] / spread
    return BlendWeights(
        evidence=evidence.reshape(len(DECAYS), -1).astype(np.float32),
        affinity=slopes[:_AFFINITY].reshape(len(DECAYS), -1).astype(np.float32),
        traits=slopes[_AFFINITY:].astype(np.float32),
        sharpness=float(point[-1]),
        floor=float(np.exp(point[_EVIDENCE])),
        loss=fitted,
    )


def _fitted(logit: Logit, plain: Array, ridge: Array, steps: int) -> Array:
    """The point of least penalised loss, by Newton's method within a trust region."""
    # A few hundred questions tell the curvature well enough: only the gradient has to be exact.
    some = logit.part(max(1, logit.questions // _CURVATURE_QUESTIONS))

    def penalised(point: Array) -> tuple[float, Array]:
        loss, gradient = logit.loss(point)
        away = point - plain
        return loss + float(ridge @ away**2) / 2, gradient + ridge * away

    def curvature(point: Array) -> Array:
        return some.curvature(point) + np.diag(ridge)

    options: Any = {
        "gtol": _GRADIENT_TOLERANCE,
        "maxiter": steps,
        "max_trust_radius": _LONGEST_STEP,
    }
    found: Array = minimize(
        penalised, plain, method="trust-exact", jac=True, hess=curvature, options=options
    ).x
    return found


def _packed(questions: list[Questions]) -> tuple[Array, Array, Array]:
    """Features (features, candidates) with the share after the evidence, log weights (candidates,)
    and how many candidates each question has, without the padding."""
    parts = [
        (one.features[start : start + _AT_ONCE], one.log_weights[start : start + _AT_ONCE])
        for one in questions
        for start in range(0, len(one.features), _AT_ONCE)
    ]
    sizes = [np.isfinite(weights).sum(axis=1) for _, weights in parts]
    total = sum(int(size.sum()) for size in sizes)
    features, log_weights = np.empty((_FEATURES, total), np.float32), np.empty(total, np.float32)
    start = 0
    for of_part, weights in parts:
        rows = np.isfinite(weights)
        packed = of_part[rows].T
        some = slice(start, start + packed.shape[1])
        features[:_EVIDENCE, some] = packed[:_EVIDENCE]
        features[_EVIDENCE, some] = packed[-1]
        features[_EVIDENCE + 1 :, some] = packed[_EVIDENCE:-1]
        log_weights[some] = weights[rows]
        start = some.stop
    return features, log_weights, np.concatenate([np.zeros(0, np.int64), *sizes])


class _HistoryRows:
    """The rows of neighbours of a history's newest items, the newest first."""

    def __init__(self, neighbours: NeighbourTable, history: Array) -> None:
        self._table = neighbours
        newest = history[::-1][:SPAN]
        starts, ends = neighbours.offsets[newest], neighbours.offsets[newest + 1]
        self._sizes = ends - starts
        self._rows = [slice(*row) for row in zip(starts.tolist(), ends.tolist(), strict=True)]
        self._shifts = starts - (np.cumsum(self._sizes) - self._sizes)
        ids = [neighbours.ids[row] for row in self._rows]
        self._ids = np.concatenate(ids or [_NO_IDS], dtype=np.intp)

    def likely(self) -> Array:
        """How likely each item (num_items,) comes next, by evidence of middle reach alone."""
        evidence = [self._table.evidence[row, 1] for row in self._rows]
        middle = np.concatenate(evidence or [_NO_IDS.astype(np.float32)])
        middle *= np.repeat(_STEP_WEIGHTS[: len(self._sizes), 1], self._sizes)
        counted = np.bincount(self._ids, middle, minlength=len(self._table.offsets) - 1)
        return counted.astype(np.float64, copy=False)  # of no rows they are integers

    def sums(self, slots: Array, size: int) -> tuple[Array, Array]:
        """The evidence (size, DECAYS x EVIDENCE_CHANNELS) and the affinity (size, DECAYS x
        AFFINITY_CHANNELS) of the items that have ``slots`` (num_items,), -1 for the others."""
        places = slots.take(self._ids)
        hit = np.flatnonzero(places >= 0)
        steps = np.repeat(np.arange(len(self._sizes)), self._sizes).take(hit)
        cells = steps * size + places.take(hit)
        entries = hit + self._shifts.take(steps)
        return (
            self._by_decay(self._table.evidence.take(entries, axis=0), cells, size),
            self._by_decay(self._table.affinity.take(entries, axis=0), cells, size),
        )

    def _by_decay(self, values: Array, cells: Array, size: int) -> Array:
        # A row names an item once, so nothing has to be added up before the weights of the steps.
        steps, channels = len(self._sizes), values.shape[1]
        spread = np.zeros((steps * size, channels), np.float32)
        spread[cells] = values
        summed = _STEP_WEIGHTS[:steps].T @ spread.reshape(steps, size * channels)
        by_decay = summed.reshape(len(DECAYS), size, channels).transpose(1, 0, 2)
        return by_decay.reshape(size, len(DECAYS) * channels)


def _chances(read: _HistoryRows, history: Array, anyway: Array) -> Array:
    """How much each item (num_items,) is to be drawn: likely next items, popular ones, any."""
    near = read.likely()
    near[0], near[history] = 0.0, 0.0
    near *= 0.6 / max(near.sum(), 1e-9)
    near += anyway
    near[history] = 0.0
    return near

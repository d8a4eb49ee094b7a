"""Questions whose answers a first score puts among the best: a reranker learns from them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.learning.interactions import PADDING_ITEM
from recommender.learning.sequence.combiner import (
    FEATURES,
    Members,
    entries_of,
    features_of,
)
from recommender.learning.sequence.reranker import READ, SHORTLIST, times_met
from recommender.learning.sequence.scorer import SequenceScorer
from recommender.learning.sequence.transitions import AFFINITY_CHANNELS, EVIDENCE_CHANNELS

Array = NDArray[Any]


@dataclass(frozen=True)
class Shortlists:
    """``features`` float32 (n, SHORTLIST, FEATURES) and ``when`` float32 (n, SHORTLIST, 2) of the
    listed items; ``evidence`` and ``affinity`` float16 (n, SHORTLIST, READ, channels), what each of
    the newest items says of them; ``listed`` bool (n, SHORTLIST), false where a small catalog
    leaves a place empty; ``right`` int64 (n,), the place of the right item."""

    features: Array
    when: Array
    evidence: Array
    affinity: Array
    listed: Array
    right: Array

    def __len__(self) -> int:
        return len(self.right)


def draw_up(
    members: Members, first_score: SequenceScorer, histories: list[Array], targets: Array
) -> Shortlists:
    """The items that come first after each history, where the target is among them."""
    lists: list[tuple[Array, ...]] = []
    slots = np.full(len(members.share), -1)
    never = np.append(PADDING_ITEM, np.flatnonzero(members.share == 0))
    for history, target in zip(histories, targets, strict=True):
        scores = first_score.scores(history)
        scores[never], scores[history] = -np.inf, -np.inf
        if not np.isfinite(scores[target]) or (scores > scores[target]).sum() >= SHORTLIST:
            continue
        size = min(SHORTLIST, len(scores))
        best = np.argpartition(scores, -size)[-size:]
        best = best[np.isfinite(scores[best])]
        slots[best] = np.arange(len(best))
        lists.append(_listed(members, history, best, slots, slots[target]))
        slots[best] = -1
    return _stacked(lists)


def _listed(
    members: Members, history: Array, best: Array, slots: Array, right: int
) -> tuple[Array, ...]:
    """One row of each array of :class:`Shortlists`."""
    table = members.neighbours
    entries, steps = entries_of(table, history)
    features = np.zeros((SHORTLIST, FEATURES), np.float32)
    when = np.zeros((SHORTLIST, 2), np.float32)
    evidence = np.zeros((SHORTLIST, READ, EVIDENCE_CHANNELS), np.float16)
    affinity = np.zeros((SHORTLIST, READ, AFFINITY_CHANNELS), np.float16)
    features[: len(best)] = features_of(members, history, best, slots, entries, steps)
    when[: len(best)] = times_met(members.traits, best)
    places = slots[table.ids[entries]]
    read = np.flatnonzero((places >= 0) & (steps < READ))
    evidence[places[read], steps[read]] = table.evidence[entries[read]]
    affinity[places[read], steps[read]] = table.affinity[entries[read]]
    return features, when, evidence, affinity, np.arange(SHORTLIST) < len(best), np.array(right)


def _stacked(lists: list[tuple[Array, ...]]) -> Shortlists:
    if not lists:
        return _none()
    return Shortlists(*(np.stack(column) for column in zip(*lists, strict=True)))


def joined(parts: list[Shortlists]) -> Shortlists:
    """All questions of several parts."""
    names = [field.name for field in fields(Shortlists)]
    every = [_none(), *parts]
    return Shortlists(*(np.concatenate([getattr(one, name) for one in every]) for name in names))


def _none() -> Shortlists:
    return Shortlists(
        np.zeros((0, SHORTLIST, FEATURES), np.float32),
        np.zeros((0, SHORTLIST, 2), np.float32),
        np.zeros((0, SHORTLIST, READ, EVIDENCE_CHANNELS), np.float16),
        np.zeros((0, SHORTLIST, READ, AFFINITY_CHANNELS), np.float16),
        np.zeros((0, SHORTLIST), np.bool_),
        np.zeros(0, np.int64),
    )

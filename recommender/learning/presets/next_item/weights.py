"""Fits how much each part of a sequence blend counts: a conditional logit on held-out questions.

Each question is a history, the item that came next, and some other items drawn from a proposal
that prefers likely ones; the softmax is corrected for the drawing (Bengio and Senecal 2008,
"Adaptive importance sampling"). There are some forty weights, so thousands of questions suffice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor

from recommender.learning.arrays import Array
from recommender.learning.presets.next_item.neighbour_rows import DECAYS, SPAN, step_weights
from recommender.learning.presets.next_item.neighbours import (
    AFFINITY_CHANNELS,
    EVIDENCE_CHANNELS,
    NeighbourTable,
)
from recommender.learning.presets.next_item.traits import TERMS, ItemTraits, summarise, trait_terms

CANDIDATES = 300
TINY = 1e-9  # evidence for an item of which there is none
_SOFTNESS = 0.3
_EVIDENCE = len(DECAYS) * EVIDENCE_CHANNELS
_AFFINITY = len(DECAYS) * AFFINITY_CHANNELS
_FEATURES = _EVIDENCE + _AFFINITY + TERMS + 1


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
    slots = np.full(len(members.share), -1)
    for row, (history, target) in enumerate(zip(histories, targets, strict=True)):
        entries, steps = _entries(members.neighbours, history)
        proposal = _proposal(members, history, entries, steps)
        drawn = np.searchsorted(np.cumsum(proposal), random_state.random_sample(CANDIDATES))
        drawn, times = np.unique(drawn, return_counts=True)
        other = drawn != target
        candidates = np.append(target, drawn[other])
        log_weights[row, 0] = 0.0
        log_weights[row, 1 : len(candidates)] = np.log(
            times[other] / (CANDIDATES * proposal[drawn[other]])
        )
        slots[candidates] = np.arange(len(candidates))
        features[row, : len(candidates)] = _features(
            members, history, candidates, slots, entries, steps
        )
        slots[candidates] = -1
    return Questions(features, log_weights)


def fit_weights(questions: list[Questions], steps: int = 60, l2: float = 1e-3) -> BlendWeights:
    """The weights under which the right items are likeliest, kept near plain ones by ``l2``.

    Without questions the plain ones stay. The loss is the generalised cross-entropy (Zhang and
    Sabuncu 2018), between that and the mean error: questions that nothing in the members answers
    pull less, and the top of the ranking, which is what people see, gains.
    """
    asked = _no_questions(), *questions
    features = torch.from_numpy(np.concatenate([one.features for one in asked]))
    log_weights = torch.from_numpy(np.concatenate([one.log_weights for one in asked]))
    evidence, linear, share = torch.split(features, [_EVIDENCE, _AFFINITY + TERMS, 1], dim=-1)
    learns = len(features) > 0
    spread = torch.ones(linear.shape[-1])
    if learns:
        spread = linear[:, 0].std(dim=0, correction=0).clamp_min(1e-6)
    linear = linear / spread
    log_evidence = torch.full((_EVIDENCE,), -2.0, requires_grad=True)
    slopes = torch.zeros(linear.shape[-1], requires_grad=True)
    shape = torch.tensor([0.8, 0.0], requires_grad=True)

    def loss() -> tuple[Tensor, Tensor]:
        total = evidence @ log_evidence.exp() + shape[1].exp() * share[..., 0] + TINY
        scores = shape[0] * total.log() + linear @ slopes
        chance = torch.log_softmax(scores + log_weights, dim=1)[:, 0]
        error = ((1 - (_SOFTNESS * chance).exp()) / _SOFTNESS).mean()
        penalty = slopes.square().mean() + 0.1 * (log_evidence + 2.0).square().mean()
        return error, error + l2 * penalty

    parameters = [log_evidence, slopes, shape]
    optimizer = torch.optim.LBFGS(parameters, lr=0.5, max_iter=steps, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        penalised = loss()[1]
        penalised.backward()
        return penalised.detach()

    if learns:
        optimizer.step(closure)
    with torch.no_grad():
        fitted = float(loss()[0]) if learns else 0.0
        slopes /= spread
    affinity, traits = slopes.detach().numpy()[:_AFFINITY], slopes.detach().numpy()[_AFFINITY:]
    return BlendWeights(
        evidence=log_evidence.detach().exp().numpy().reshape(len(DECAYS), -1),
        affinity=affinity.reshape(len(DECAYS), -1),
        traits=traits,
        sharpness=float(shape.detach()[0]),
        floor=float(shape.detach()[1].exp()),
        loss=fitted,
    )


def _no_questions() -> Questions:
    return Questions(
        np.zeros((0, 1 + CANDIDATES, _FEATURES), np.float32),
        np.zeros((0, 1 + CANDIDATES), np.float32),
    )


def _entries(neighbours: NeighbourTable, history: Array) -> tuple[Array, Array]:
    """The entries of the newest items' rows, and how many steps back each one's item is."""
    newest = history[::-1][:SPAN]
    starts = neighbours.offsets[newest]
    sizes = neighbours.offsets[newest + 1] - starts
    before = np.cumsum(sizes) - sizes
    entries = np.arange(sizes.sum()) + np.repeat(starts - before, sizes)
    return entries, np.repeat(np.arange(len(newest)), sizes)


def _proposal(members: Members, history: Array, entries: Array, steps: Array) -> Array:
    """Chances (num_items,) to draw each item: likely next items, popular ones, any."""
    middle = step_weights(SPAN)[steps, 1] * members.neighbours.evidence[entries, 1]
    near = np.bincount(members.neighbours.ids[entries], middle, minlength=len(members.share))
    known = members.share > 0
    near[0], near[history] = 0.0, 0.0
    chances = 0.6 * near / max(near.sum(), 1e-9) + 0.3 * members.share + 0.1 * known / known.sum()
    chances[history] = 0.0
    return chances / max(chances.sum(), 1e-9)


def _features(
    members: Members, history: Array, candidates: Array, slots: Array, entries: Array, steps: Array
) -> Array:
    """(len(candidates), features): evidence and affinity by decay and channel, traits, share."""
    place = slots[members.neighbours.ids[entries]]
    hit = np.flatnonzero(place >= 0)
    place, entries, steps = place[hit], entries[hit], steps[hit]
    weights = step_weights(SPAN)[steps][:, :, None]
    table = members.neighbours
    channels = np.concatenate([table.evidence[entries], table.affinity[entries]], axis=1)
    parts = (weights * channels[:, None, :]).reshape(len(hit), len(DECAYS), channels.shape[1])
    gather = sp.csr_array(
        (np.ones(len(hit), np.float32), (place, np.arange(len(hit)))),
        shape=(len(candidates), len(hit)),
    )
    flat = parts.reshape(len(hit), len(DECAYS) * channels.shape[1])
    summed = (gather @ flat).reshape(len(candidates), len(DECAYS), channels.shape[1])
    return np.concatenate(
        [
            summed[:, :, :EVIDENCE_CHANNELS].reshape(len(candidates), -1),
            summed[:, :, EVIDENCE_CHANNELS:].reshape(len(candidates), -1),
            trait_terms(members.traits, summarise(members.traits, history), candidates),
            members.share[candidates, None],
        ],
        axis=1,
    )

"""The loss of a conditional logit over drawn candidates, with its slope and curvature by hand.

A question's scores are ``sharpness`` x log (evidence @ exp(log weights) + TINY) + linear @ slopes
+ log weights of the drawing, and its chance is what the softmax of them gives the right answer.
The loss is the generalised cross-entropy of the chances (Zhang and Sabuncu 2018).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.learning.arrays import Array

TINY = 1e-9  # evidence for an item of which there is none
_SOFTNESS = 0.3


@dataclass(frozen=True)
class _Outcome:
    """Of each candidate: its ``total`` evidence, the ``log_total`` and its ``chance`` (rows,),
    float32. Of each question: what it ``counts`` (n,), float64, from 0 for an answer that is out
    of reach to 1 for one that is certain."""

    total: Array
    log_total: Array
    chance: Array
    counts: Array


class Logit:
    """Questions whose candidates follow one another, the right one of each question first.

    A point (1 + features,) is the logarithms of the weights of the evidence, the slopes of the
    linear features, and the sharpness.
    """

    def __init__(self, features: Array, evidence: int, log_weights: Array, sizes: Array) -> None:
        """``features`` (features, rows), of which the first so many are ``evidence``;
        ``log_weights`` (rows,); ``sizes`` (n,): how many candidates each question has."""
        self._features, self._evidence, self._log_weights = features, evidence, log_weights
        self._sizes, self._starts = sizes, np.cumsum(sizes) - sizes

    @property
    def questions(self) -> int:
        """How many there are."""
        return len(self._sizes)

    def part(self, every: int) -> Logit:
        """Only one question of so many."""
        chosen = np.arange(len(self._sizes)) % every == 0
        rows = np.repeat(chosen, self._sizes)
        features = self._features.compress(rows, axis=1)
        return Logit(features, self._evidence, self._log_weights[rows], self._sizes[chosen])

    def loss(self, point: Array) -> tuple[float, Array]:
        """The mean loss, and its slope (1 + features,)."""
        at = self._outcome(point)
        n, evidence = len(self._sizes), self._evidence
        pulls = at.chance * np.repeat((at.counts / n).astype(np.float32), self._sizes)
        pulls[self._starts] -= at.counts / n
        slope = np.empty(len(point))
        slope[:evidence] = self._features[:evidence] @ (pulls / at.total)
        slope[:evidence] *= point[-1] * np.exp(point[:evidence])
        slope[evidence:-1] = self._features[evidence:] @ pulls
        slope[-1] = pulls @ at.log_total
        return float((1 - at.counts).mean() / _SOFTNESS), slope

    def curvature(self, point: Array) -> Array:
        """The curvature (1 + features, 1 + features) without what may be negative of it: as if
        scores were linear in the point, and the loss were the plain cross-entropy."""
        at = self._outcome(point)
        n, evidence = len(self._sizes), self._evidence
        root = np.sqrt(at.chance)
        counted = root * np.repeat(np.sqrt(at.counts / n).astype(np.float32), self._sizes)
        moved = np.empty((len(point), len(root)), np.float32)
        np.multiply(self._features[:evidence], counted / at.total, out=moved[:evidence])
        np.multiply(self._features[evidence:], counted, out=moved[evidence:-1])
        np.multiply(at.log_total, counted, out=moved[-1])
        curvature = (moved @ moved.T).astype(np.float64)
        moved *= root
        means = np.add.reduceat(moved, self._starts, axis=1)
        curvature -= means @ means.T
        scale = np.ones(len(point))
        scale[:evidence] = point[-1] * np.exp(point[:evidence])
        return curvature * scale * scale[:, None]

    def _outcome(self, point: Array) -> _Outcome:
        evidence = self._evidence
        point = point.astype(np.float32)
        total = np.exp(point[:evidence]) @ self._features[:evidence]
        total += np.float32(TINY)
        log_total = np.log(total)
        scores = point[evidence:-1] @ self._features[evidence:]
        scores += point[-1] * log_total
        scores += self._log_weights
        scores -= np.repeat(np.maximum.reduceat(scores, self._starts), self._sizes)
        right = scores[self._starts]
        chance = np.exp(scores, out=scores)
        sums = np.add.reduceat(chance, self._starts)
        chance /= np.repeat(sums, self._sizes)
        counts = np.exp(_SOFTNESS * (right - np.log(sums)).astype(np.float64))
        return _Outcome(total, log_total, chance, counts)

"""The loss of a conditional logit over drawn candidates, with its gradient and curvature by hand.

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
_LARGEST = 80.0  # logarithm of a weight: single precision holds little more


@dataclass(frozen=True)
class _Outcome:
    """Of each candidate: its ``total`` evidence, the ``log_total`` and its ``chance``, float32
    (candidates,). Of each question: what it is ``worth``, float64 (n,), from 0 for an answer that
    is out of reach to 1 for one that is certain."""

    total: Array
    log_total: Array
    chance: Array
    worth: Array


class Logit:
    """Questions whose candidates follow one another, the right one of each question first.

    A point (1 + features,) is the logarithms of the weights of the evidence, the slopes of the
    linear features, and the sharpness.
    """

    def __init__(self, features: Array, evidence: int, log_weights: Array, sizes: Array) -> None:
        """``features`` float32 (features, candidates), whose first ``evidence`` rows are evidence;
        ``log_weights`` float32 (candidates,); ``sizes`` int64 (n,): how many candidates each
        question has."""
        self._features, self._evidence, self._log_weights = features, evidence, log_weights
        self._sizes, self._starts = sizes, np.cumsum(sizes) - sizes

    @property
    def questions(self) -> int:
        """How many there are."""
        return len(self._sizes)

    def part(self, every: int) -> Logit:
        """One question in ``every``."""
        chosen = np.arange(len(self._sizes)) % every == 0
        rows = np.repeat(chosen, self._sizes)
        features = self._features.compress(rows, axis=1)
        return Logit(features, self._evidence, self._log_weights[rows], self._sizes[chosen])

    def loss(self, point: Array) -> tuple[float, Array]:
        """The mean loss, and its gradient (1 + features,)."""
        at = self._outcome(point)
        n, evidence = len(self._sizes), self._evidence
        residuals = at.chance * np.repeat((at.worth / n).astype(np.float32), self._sizes)
        residuals[self._starts] -= at.worth / n
        gradient = np.empty(len(point))
        gradient[:evidence] = self._features[:evidence] @ (residuals / at.total)
        gradient[:evidence] *= point[-1] * np.exp(point[:evidence])
        gradient[evidence:-1] = self._features[evidence:] @ residuals
        gradient[-1] = residuals @ at.log_total
        return float((1 - at.worth).mean() / _SOFTNESS), gradient

    def curvature(self, point: Array) -> Array:
        """The Gauss-Newton approximation of the Hessian (1 + features, 1 + features): as if scores
        were linear in the point, and the loss were the plain cross-entropy."""
        at = self._outcome(point)
        n, evidence = len(self._sizes), self._evidence
        root = np.sqrt(at.chance)
        counted = root * np.repeat(np.sqrt(at.worth / n).astype(np.float32), self._sizes)
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
        total = np.exp(point[:evidence].clip(-_LARGEST, _LARGEST)) @ self._features[:evidence]
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
        worth = np.exp(_SOFTNESS * (right - np.log(sums)).astype(np.float64))
        return _Outcome(total, log_total, chance, worth)

"""The gate's verdict: whether a candidate may replace the live version.

Both answer the same questions, which neither has trained on (`recommender.gate.holdout`). The
decision rests on a paired bootstrap over users: resampling users keeps the answers of one user
together, and pairing cancels what is hard for both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender import kinds
from recommender.kinds import StarKind
from recommender.learning.arrays import DoubleArray

RESAMPLES = 1000
TOP = 10


@dataclass(frozen=True, kw_only=True)
class GateRules:
    """``margin`` is a fraction of the live version's metric, ``certainty`` a probability."""

    minimum_questions: int
    margin: float
    certainty: float


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The gate's decision with its grounds.

    Attributes
    ----------
    passed, reason
        What was decided, and why, for people.
    gain
        How much better the candidate is, as a fraction of the live version's metric; negative
        when worse. None when the gate did not judge.
    low, high
        The 95 % interval of the gain.
    too_bad
        Share of the resamples in which the candidate is worse than the margin allows.
    """

    passed: bool
    reason: str
    gain: float | None = None
    low: float | None = None
    high: float | None = None
    too_bad: float | None = None


def metrics_of(kind: str, answers: DoubleArray) -> dict[str, float]:
    """Metrics by name from squared errors of stars, or ranks of the next film."""
    if not len(answers):
        return {}
    if _predicts_stars(kind):
        return {"rmse": float(np.sqrt(answers.mean()))}
    return {
        "mrr": float((1 / answers).mean()),
        f"ndcg@{TOP}": float(np.where(answers <= TOP, 1 / np.log2(answers + 1), 0).mean()),
        f"hit_rate@{TOP}": float((answers <= TOP).mean()),
    }


def gated_metric(kind: str) -> str:
    """The metric that decides."""
    return kinds.get(kind).metric


def judge(
    kind: str,
    user_ids: NDArray[np.int64],
    candidate: DoubleArray,
    live: DoubleArray,
    rules: GateRules,
    *,
    opponent: str = "the live version",
    seed: int = 0,
) -> Verdict:
    """Compare answers to the same questions.

    Parameters
    ----------
    user_ids
        int64 (n,): whose question each is.
    candidate, live
        float64 (n,): squared errors of stars, or ranks, as ``kind`` has it; smaller is better.
    opponent
        What ``live`` is, in the verdict's words.

    Returns
    -------
    Verdict
        Passed unless, in at least ``rules.certainty`` of the resamples, the candidate is worse
        than ``rules.margin`` allows. With fewer than ``rules.minimum_questions`` questions the
        gate does not judge and lets pass.

    Raises
    ------
    ValueError
        When the arrays differ in length.
    """
    if not len(user_ids) == len(candidate) == len(live):
        raise ValueError(
            f"user_ids, candidate and live must be of one length, got {len(user_ids)}, "
            f"{len(candidate)} and {len(live)}"
        )
    if not np.isfinite(candidate).all():
        return Verdict(passed=False, reason="its predictions are not finite numbers")
    if len(user_ids) < max(1, rules.minimum_questions):
        return Verdict(
            passed=True,
            reason=f"not judged: {len(user_ids)} held-out ratings, "
            f"the gate asks for {rules.minimum_questions}",
        )
    if not np.isfinite(live).all():
        return Verdict(passed=True, reason=f"{opponent} does not predict finite numbers")
    gains = _resampled_gains(kind, user_ids, candidate, live, seed)
    gain = float(_gain(kind, _value(kind, candidate), _value(kind, live)))
    low, high = (float(bound) for bound in np.quantile(gains, [0.025, 0.975]))
    too_bad = float((gains < -rules.margin).mean())
    passed = too_bad < rules.certainty
    name = gated_metric(kind)
    values = metrics_of(kind, candidate)[name], metrics_of(kind, live)[name]
    better = "better" if gain >= 0 else "worse"
    reason = (
        f"{name} {values[0]:.4f} against {values[1]:.4f} of {opponent} on {len(user_ids)} held-out "
        f"ratings: {abs(gain):.1%} {better} (95 % interval {low:+.1%} to {high:+.1%}); "
        f"worse than the margin of {rules.margin:.1%} in {too_bad:.0%} of resamples, "
        f"{rules.certainty:.0%} turn it down"
    )
    return Verdict(passed=passed, reason=reason, gain=gain, low=low, high=high, too_bad=too_bad)


def verdict_metrics(verdict: Verdict) -> Mapping[str, float]:
    """What of a verdict is kept with the version."""
    names = {"gate_gain": verdict.gain, "gate_low": verdict.low, "gate_high": verdict.high}
    return {name: value for name, value in names.items() if value is not None}


def _predicts_stars(kind: str) -> bool:
    return isinstance(kinds.get(kind), StarKind)


def _value(kind: str, answers: DoubleArray) -> DoubleArray:
    """The mean that the metric is made of."""
    return np.asarray(answers.mean() if _predicts_stars(kind) else (1 / answers).mean())


def _gain(kind: str, candidate: DoubleArray, live: DoubleArray) -> DoubleArray:
    """The candidate's relative advantage in RMSE or MRR, from mean squared errors or MRRs."""
    tiny = 1e-12
    if _predicts_stars(kind):
        candidate, live = np.sqrt(candidate), np.sqrt(live)
        return (live - candidate) / np.maximum(live, tiny)
    return (candidate - live) / np.maximum(live, tiny)


def _resampled_gains(
    kind: str, user_ids: NDArray[np.int64], candidate: DoubleArray, live: DoubleArray, seed: int
) -> DoubleArray:
    """The gain (RESAMPLES,) when users are drawn anew, with replacement."""
    _, users = np.unique(user_ids, return_inverse=True)
    counts = np.bincount(users).astype(float)
    if not _predicts_stars(kind):
        candidate, live = 1 / candidate, 1 / live
    sums = np.stack([np.bincount(users, weights=answers) for answers in (candidate, live)])
    draws = np.random.default_rng(seed).multinomial(
        len(counts), np.full(len(counts), 1 / len(counts)), size=RESAMPLES
    )
    means = (draws @ sums.T) / (draws @ counts)[:, None]
    return _gain(kind, means[:, 0], means[:, 1])

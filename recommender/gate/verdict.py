"""The gate's verdict: whether a candidate may replace the live version.

Both answer the same questions, which neither has trained on (`recommender.gate.holdout`). The
decision rests on paired bootstraps over users: resampling users keeps the answers of one user
together, and pairing cancels what is hard for both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from recommender import kinds
from recommender.kinds import StarKind
from recommender.learning.arrays import DoubleArray

RESAMPLES = 4000
_AT_ONCE = 200  # resamples, for the memory that they take
TOP = 10


class Measure(StrEnum):
    """What answers are: squared errors of stars, or ranks from 1; smaller is better."""

    STARS = "stars"
    NEXT = "next"
    PAGE = "page"

    @classmethod
    def of_kind(cls, kind: str) -> Measure:
        """What a version of this kind is asked first of all."""
        return cls.STARS if isinstance(kinds.get(kind), StarKind) else cls.NEXT

    def losses(self, answers: DoubleArray) -> DoubleArray:
        """What is averaged: squared errors as they are, of ranks the logarithm.

        A mean reciprocal rank hangs on the few questions whose answer is near the top; each
        question has a say in the mean of logarithms.
        """
        return answers if self is Measure.STARS else np.log(answers)

    def of_mean(self, mean_loss: DoubleArray) -> DoubleArray:
        """The RMSE, or the geometric mean of the ranks."""
        return np.sqrt(mean_loss) if self is Measure.STARS else np.exp(mean_loss)

    @property
    def label(self) -> str:
        return "rmse" if self is Measure.STARS else "mean rank (geometric)"


@dataclass(frozen=True, kw_only=True)
class GateRules:
    """``margins`` are fractions of the opponent's value, ``certainty`` a probability."""

    minimum_questions: int
    margins: Mapping[Measure, float]
    certainty: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Contest:
    """The same questions answered by the candidate and by an opponent.

    ``name`` is how its outcome is kept with the version, ``about`` says in words what was asked,
    ``opponent`` who the opponent is; ``user_ids`` int64, ``candidate`` and ``against`` float64
    (n,): whose question each is, and the answers. The margin of the measure counts ``leniency``
    times.
    """

    name: str
    measure: Measure
    about: str
    opponent: str
    user_ids: NDArray[np.int64]
    candidate: DoubleArray
    against: DoubleArray
    leniency: float = 1.0

    def __post_init__(self) -> None:
        lengths = len(self.user_ids), len(self.candidate), len(self.against)
        if len(set(lengths)) > 1:
            raise ValueError(
                f"user_ids, candidate and against must be of one length, got {lengths[0]}, "
                f"{lengths[1]} and {lengths[2]}"
            )


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a contest came to.

    Attributes
    ----------
    gain
        How much better the candidate is, as a fraction of the opponent's value; negative when
        worse.
    low, high
        The 95 % interval of the gain.
    too_bad
        Share of the resamples in which the candidate is worse than the margin allows.
    ahead
        Share of the resamples in which the candidate is the better one.
    reason
        All that in words.
    """

    name: str
    gain: float
    low: float
    high: float
    too_bad: float
    ahead: float
    reason: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The gate's decision with its grounds, in words and, contest by contest, in numbers."""

    passed: bool
    reason: str
    findings: Sequence[Finding] = field(default_factory=tuple)


def metrics_of(measure: Measure, answers: DoubleArray) -> dict[str, float]:
    """Metrics by name from squared errors or ranks."""
    if not len(answers):
        return {}
    if measure is Measure.STARS:
        return {"rmse": float(np.sqrt(answers.mean()))}
    return {
        "mrr": float((1 / answers).mean()),
        f"ndcg@{TOP}": float(np.where(answers <= TOP, 1 / np.log2(answers + 1), 0).mean()),
        f"hit_rate@{TOP}": float((answers <= TOP).mean()),
        "mean_rank": float(np.exp(np.log(answers).mean())),
    }


def headline_metric(kind: str) -> str:
    """The metric that lists and plots of versions show."""
    return kinds.get(kind).metric


def judge(contests: Sequence[Contest], rules: GateRules, *, seed: int = 0) -> Verdict:
    """Decide by the answers; the first contest is the one that matters most.

    Returns
    -------
    Verdict
        Turned down when, in one of the contests, the candidate is worse than its margin allows in
        so large a share of the resamples that the gate is sure of it. It has to be as sure as
        ``rules.certainty`` of all contests together: each may be wrong by its part of the rest
        (Bonferroni). A contest with fewer than ``rules.minimum_questions`` questions is not
        judged; where that is the first, the candidate passes.
    """
    if not all(np.isfinite(contest.candidate).all() for contest in contests):
        return Verdict(passed=False, reason="its predictions are not finite numbers")
    asked = len(contests[0].user_ids)
    if asked < max(1, rules.minimum_questions):
        return Verdict(
            passed=True,
            reason=f"not judged: {asked} held-out ratings, "
            f"the gate asks for {rules.minimum_questions}",
        )
    if not np.isfinite(contests[0].against).all():
        return Verdict(
            passed=True, reason=f"{contests[0].opponent} does not predict finite numbers"
        )
    findings = tuple(
        _finding(contest, contest.leniency * rules.margins[contest.measure], seed)
        for contest in contests
        if len(contest.user_ids) >= max(1, rules.minimum_questions)
        and np.isfinite(contest.against).all()
    )
    enough = 1 - (1 - rules.certainty) / len(findings)
    lost = [finding for finding in findings if finding.too_bad >= enough]
    end = f"{enough:.1%} in one of them turn it down"
    if lost:
        end += f": turned down by {', '.join(finding.name for finding in lost)}"
    reason = "; ".join([*(finding.reason for finding in findings), end])
    return Verdict(passed=not lost, reason=reason, findings=findings)


def verdict_metrics(verdict: Verdict) -> dict[str, float]:
    """What of a verdict is kept with the version."""
    kept: dict[str, float] = {}
    for finding in verdict.findings:
        kept[f"{finding.name}_gain"] = finding.gain
        kept[f"{finding.name}_low"] = finding.low
        kept[f"{finding.name}_high"] = finding.high
        kept[f"{finding.name}_ahead"] = finding.ahead
    return kept


def _finding(contest: Contest, margin: float, seed: int) -> Finding:
    measure = contest.measure
    losses = [measure.losses(answers) for answers in (contest.candidate, contest.against)]
    own, other = (float(measure.of_mean(np.asarray(loss.mean()))) for loss in losses)
    gains = _resampled_gains(measure, contest.user_ids, losses[0], losses[1], seed)
    gain = float(_gain(np.asarray(own), np.asarray(other)))
    low, high = (float(bound) for bound in np.quantile(gains, [0.025, 0.975]))
    too_bad = float((gains < -margin).mean())
    better = "better" if gain >= 0 else "worse"
    reason = (
        f"{contest.about}: {measure.label} {own:.4f} against {other:.4f} of {contest.opponent} on "
        f"{len(contest.user_ids)} held-out ratings, {abs(gain):.2%} {better} (95 % interval "
        f"{low:+.2%} to {high:+.2%}), by more than {margin:.2%} worse in {too_bad:.1%} of resamples"
    )
    return Finding(
        name=contest.name,
        gain=gain,
        low=low,
        high=high,
        too_bad=too_bad,
        ahead=float((gains > 0).mean()),
        reason=reason,
    )


def _gain(candidate: DoubleArray, against: DoubleArray) -> DoubleArray:
    """The candidate's relative advantage, from values of which the smaller is the better."""
    return (against - candidate) / np.maximum(against, 1e-12)


def _resampled_gains(
    measure: Measure,
    user_ids: NDArray[np.int64],
    candidate: DoubleArray,
    against: DoubleArray,
    seed: int,
) -> DoubleArray:
    """The gain (RESAMPLES,) when users are drawn anew, each as often as a Poisson variable says.

    The Poisson bootstrap (Chamandy et al., "Estimating uncertainty for massive data streams",
    2012): with many users the same as drawing with replacement, and many times as fast.
    """
    _, users = np.unique(user_ids, return_inverse=True)
    sums = np.stack([np.bincount(users, weights) for weights in (None, candidate, against)])
    random = np.random.default_rng(seed)
    gains = []
    for _ in range(RESAMPLES // _AT_ONCE):
        draws = random.poisson(1.0, (_AT_ONCE, sums.shape[1])).astype(float)
        drawn, of_candidate, of_against = sums @ draws.T
        drawn = np.maximum(drawn, 1.0)
        gains.append(
            _gain(measure.of_mean(of_candidate / drawn), measure.of_mean(of_against / drawn))
        )
    return np.concatenate(gains)

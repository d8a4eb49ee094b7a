"""Comparing a candidate with the live version on the same held-out ratings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from recommender import kinds
from recommender.data.snapshot import Snapshot
from recommender.gate.evaluate import (
    Examinee,
    MeanRating,
    MostRated,
    NextItemVersion,
    StarVersion,
    choose_questions,
)
from recommender.gate.verdict import GateRules, Verdict, judge, metrics_of
from recommender.kinds import StarKind
from recommender.learning.artifact import ArtifactError
from recommender.models import ModelVersion, RetrainingPolicy
from recommender.versions.load import load_as

HOLDOUT = "holdout_percent"


class Reporter(Protocol):
    """Who is told how far a comparison has come; each call may raise to end it."""

    def phase(self, name: str, *, steps: int = 0) -> None: ...

    def step(self, done: int) -> None: ...

    def log(self, line: str) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Metrics of both on the same questions, and what the gate says to them."""

    candidate: Mapping[str, float]
    opponent: Mapping[str, float]
    questions: int
    verdict: Verdict


def compare(
    candidate: ModelVersion,
    live: ModelVersion | None,
    snapshot: Snapshot,
    training: NDArray[np.bool_],
    reporter: Reporter,
    policy: RetrainingPolicy,
) -> Comparison:
    """Judge a stored candidate against the live version, or the baseline where there is none.

    Both are loaded from their artifacts as the web processes load them: what is judged is what
    would be served. Raises ``ArtifactError`` when the candidate's cannot be read.
    """
    own = _examinee(candidate)
    opponent, name = _opponent(candidate.kind, live, snapshot, training, reporter)
    percent = candidate.settings[HOLDOUT]
    if live is not None:
        percent = min(percent, live.settings.get(HOLDOUT, 0.0))
    rows = choose_questions(
        snapshot, percent, policy.gate_questions, known=[own.movie_ids, opponent.movie_ids]
    )
    reporter.phase("evaluate", steps=2 * len(rows))
    ours = own.answers(snapshot, rows, reporter.step)
    theirs = opponent.answers(snapshot, rows, lambda done: reporter.step(len(rows) + done))
    verdict = judge(
        candidate.kind,
        snapshot.user_ids[rows],
        ours,
        theirs,
        GateRules(
            minimum_questions=policy.gate_minimum_questions,
            margin=policy.gate_margin_percent / 100,
            certainty=policy.gate_certainty_percent / 100,
        ),
        opponent=name,
    )
    return Comparison(
        candidate=metrics_of(candidate.kind, ours),
        opponent=metrics_of(candidate.kind, theirs),
        questions=len(rows),
        verdict=verdict,
    )


def _opponent(
    kind: str,
    live: ModelVersion | None,
    snapshot: Snapshot,
    training: NDArray[np.bool_],
    reporter: Reporter,
) -> tuple[Examinee, str]:
    if live is not None:
        try:
            return _examinee(live), f"the live version {live.pk}"
        except (ArtifactError, OSError) as error:
            reporter.log(f"The live version {live.pk} cannot be read: {error}.")
    return _baseline(kind, snapshot, training), "the baseline (mean rating, most rated films)"


def _examinee(version: ModelVersion) -> Examinee:
    kind = kinds.get(version.kind)
    if isinstance(kind, StarKind):
        return StarVersion(load_as(kind, version))
    return NextItemVersion(load_as(kind, version))


def _baseline(kind: str, snapshot: Snapshot, training: NDArray[np.bool_]) -> Examinee:
    if isinstance(kinds.get(kind), StarKind):
        return MeanRating(snapshot, training)
    return MostRated(snapshot, training)

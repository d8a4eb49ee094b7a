"""Comparing a candidate with the live version on the same held-out ratings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from recommender import kinds
from recommender.data.snapshot import Snapshot
from recommender.gate.evaluate import (
    MeanRating,
    ModelUnderTest,
    MostRated,
    NextItemVersion,
    StarModelUnderTest,
    StarVersion,
    choose_questions,
    forward_star_errors,
    late,
)
from recommender.gate.holdout import held_out
from recommender.gate.mix import FittedMixes, fit_mixes
from recommender.gate.page import Page, choose_liked, page_ranks
from recommender.gate.predecessors import best_before
from recommender.gate.verdict import Contest, GateRules, Measure, Verdict, judge, metrics_of
from recommender.kinds import StarKind
from recommender.learning.arrays import BoolArray, DoubleArray, IntArray
from recommender.learning.artifact import ArtifactError
from recommender.learning.interfaces import NextItemScorer, Scorer, StarScorer
from recommender.learning.presets.mix import USUAL, Mixes
from recommender.models import ModelVersion, RetrainingPolicy
from recommender.versions.load import LoadedVersion, load

HOLDOUT = "holdout_percent"
FORWARD_LENIENCY = 2.0  # times the margin: a tenth of the questions, from shorter histories


class Reporter(Protocol):
    """Who is told how far a comparison has come; each call may raise to end it."""

    def phase(self, name: str, *, steps: int = 0) -> None: ...

    def step(self, done: int) -> None: ...

    def log(self, line: str) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Metrics of both on the same questions, and what the gate says to them.

    ``live`` is the version that the candidate was compared with, None for the baseline; ``mixes``
    how the candidate would count beside the live version of the other kind.
    """

    live: int | None
    candidate: Mapping[str, float]
    opponent: Mapping[str, float]
    questions: int
    verdict: Verdict
    mixes: FittedMixes | None = None


def compare(
    candidate: ModelVersion,
    live: ModelVersion | None,
    snapshot: Snapshot,
    training: NDArray[np.bool_],
    reporter: Reporter,
    policy: RetrainingPolicy,
) -> Comparison:
    """Judge a stored candidate against the live version, or the baseline where there is none.

    All are loaded from their artifacts as the web processes load them: what is judged is what
    would be served. Raises ``ArtifactError`` when the candidate's cannot be read.
    """
    own = load(candidate)
    before = None if live is None else _loaded(live, reporter)
    opponent: ModelUnderTest = (
        _baseline(candidate.kind, snapshot, training) if before is None else _under_test(before)
    )
    percents = [version.settings.get(HOLDOUT, 0.0) for version in (candidate, live) if version]
    rows = choose_questions(
        snapshot, min(percents), policy.gate_questions, known=[own.movie_ids, opponent.movie_ids]
    )
    exam = _Exam(candidate.kind, snapshot, rows, reporter)
    name = "the baseline (mean rating, most rated films)"
    if live is not None and before is not None:
        name = f"the live version {live.pk}"
    contests = list(exam.against(_under_test(own), opponent, name))
    ours, theirs = contests[0].candidate, contests[0].against
    beside = _beside(exam, min(percents))
    if live is not None and before is not None:
        if beside is not None:
            contests.append(_page(exam, own, before, beside))
        contests += _best_before(exam, ours, live)
    verdict = judge(contests, rules_of(policy))
    measure = Measure.of_kind(candidate.kind)
    return Comparison(
        live=None if live is None or before is None else live.pk,
        candidate=metrics_of(measure, ours),
        opponent=metrics_of(measure, theirs),
        questions=len(rows),
        verdict=verdict,
        mixes=_fit_mixes(exam, own, beside) if beside is not None and verdict.passed else None,
    )


def rules_of(policy: RetrainingPolicy) -> GateRules:
    """The gate's rules as an operator has set them."""
    return GateRules(
        minimum_questions=policy.gate_minimum_questions,
        margins={
            Measure.STARS: policy.gate_stars_margin_percent / 100,
            Measure.NEXT: policy.gate_next_margin_percent / 100,
            Measure.PAGE: policy.gate_page_margin_percent / 100,
        },
        certainty=policy.gate_certainty_percent / 100,
    )


@dataclass(frozen=True, eq=False)
class _Exam:
    """The held-out ratings ``rows`` of a snapshot, to be asked about."""

    kind: str
    snapshot: Snapshot
    rows: IntArray
    reporter: Reporter

    @property
    def measure(self) -> Measure:
        return Measure.of_kind(self.kind)

    def answers(self, tested: ModelUnderTest, rows: IntArray) -> DoubleArray:
        self.reporter.phase("evaluate", steps=len(rows))
        return tested.answers(self.snapshot, rows, self.reporter.step)

    def against(self, own: ModelUnderTest, other: ModelUnderTest, name: str) -> Iterator[Contest]:
        """All questions, and again those about the newest ratings."""
        ours, theirs = self.answers(own, self.rows), self.answers(other, self.rows)
        yield self.contest("gate", "all", name, self.rows, ours, theirs)
        is_late = late(self.snapshot, self.rows)
        newest = self.rows[is_late]
        if not (isinstance(own, StarModelUnderTest) and isinstance(other, StarModelUnderTest)):
            # Ranks are forward in time as they are.
            ours, theirs = ours[is_late], theirs[is_late]
        else:
            self.reporter.phase("evaluate forward", steps=2 * len(newest))
            ours, theirs = (
                forward_star_errors(self.snapshot, newest, one, self.reporter.step)
                for one in (own, other)
            )
        yield self.contest(
            "forward", "forward in time", name, newest, ours, theirs, leniency=FORWARD_LENIENCY
        )

    def contest(
        self,
        name: str,
        about: str,
        opponent: str,
        rows: IntArray,
        candidate: DoubleArray,
        against: DoubleArray,
        measure: Measure | None = None,
        leniency: float = 1.0,
    ) -> Contest:
        return Contest(
            name=name,
            measure=measure or self.measure,
            leniency=leniency,
            about=about,
            opponent=opponent,
            user_ids=self.snapshot.user_ids[rows],
            candidate=candidate,
            against=against,
        )


@dataclass(frozen=True, eq=False)
class _Beside:
    """The live version of the other kind, and what members liked that neither has seen."""

    version: ModelVersion
    loaded: LoadedVersion[Scorer]
    hidden: BoolArray
    liked: IntArray


def _beside(exam: _Exam, percent: float) -> _Beside | None:
    """None where there is no such version, or where it has seen some of the answers."""
    other = _live_beside(exam.kind)
    if other is None or other.settings.get(HOLDOUT, 0.0) < percent:
        return None
    loaded = _loaded(other, exam.reporter)
    if loaded is None:
        return None
    hidden = held_out(exam.snapshot.user_ids, exam.snapshot.movie_ids, percent)
    known = np.isin(exam.snapshot.movie_ids[exam.rows], loaded.movie_ids)
    return _Beside(other, loaded, hidden, choose_liked(exam.snapshot, exam.rows[known], hidden))


def _page(
    exam: _Exam, own: LoadedVersion[Scorer], live: LoadedVersion[Scorer], beside: _Beside
) -> Contest:
    """Top picks with the live version of the other kind, as both count now."""
    mix = _mixes_of(beside.loaded, live).top_picks
    exam.reporter.phase("evaluate the page", steps=len(beside.liked))
    ours, theirs = (
        page_ranks(
            exam.snapshot,
            beside.liked,
            beside.hidden,
            _page_of(one, beside.loaded),
            exam.reporter.step,
            mix,
        )
        for one in (own, live)
    )
    opponent = f"the live version {live.pk} beside {beside.version}"
    return exam.contest("page", "top picks", opponent, beside.liked, ours, theirs, Measure.PAGE)


def _fit_mixes(exam: _Exam, own: LoadedVersion[Scorer], beside: _Beside) -> FittedMixes | None:
    exam.reporter.phase("fit the mix", steps=len(beside.liked))
    present = _mixes_of(beside.loaded, None)
    return fit_mixes(
        exam.snapshot,
        beside.liked,
        beside.hidden,
        _page_of(own, beside.loaded),
        present,
        exam.reporter.step,
    )


def _mixes_of(*versions: LoadedVersion[Scorer] | None) -> Mixes:
    """Those of the youngest version that brought some."""
    fitted = [(one.pk, one.mixes) for one in versions if one is not None and one.mixes is not None]
    return max(fitted, key=lambda pair: pair[0])[1] if fitted else USUAL


def _live_beside(kind: str) -> ModelVersion | None:
    """The live version that answers the other question."""
    stars = isinstance(kinds.get(kind), StarKind)
    others = kinds.next_item_kinds() if stars else kinds.star_kinds()
    live = (ModelVersion.objects.live(other.name) for other in others)
    return next((version for version in live if version is not None), None)


def _page_of(one: LoadedVersion[Scorer], beside: LoadedVersion[Scorer]) -> Page:
    if not isinstance(kinds.get(one.kind), StarKind):
        one, beside = beside, one
    return Page.of(
        cast("LoadedVersion[StarScorer]", one), cast("LoadedVersion[NextItemScorer]", beside)
    )


def _best_before(exam: _Exam, ours: DoubleArray, live: ModelVersion) -> Iterator[Contest]:
    """The best of the last live versions, where that is another than the live one."""
    version = best_before(live)
    best = None if version is None else _loaded(version, exam.reporter)
    if version is None or best is None:
        return
    comparable = np.isin(exam.snapshot.movie_ids[exam.rows], best.movie_ids)
    comparable &= held_out(
        exam.snapshot.user_ids[exam.rows],
        exam.snapshot.movie_ids[exam.rows],
        version.settings.get(HOLDOUT, 0.0),
    )
    rows = exam.rows[comparable]
    theirs = exam.answers(_under_test(best), rows)
    opponent = f"version {version.pk}, the best lately"
    yield exam.contest("best", "all", opponent, rows, ours[comparable], theirs)


def _loaded(version: ModelVersion, reporter: Reporter) -> LoadedVersion[Scorer] | None:
    try:
        return load(version)
    except (ArtifactError, OSError) as error:
        reporter.log(f"Version {version.pk} cannot be read: {error}.")
        return None


def _under_test(loaded: LoadedVersion[Scorer]) -> ModelUnderTest:
    if isinstance(kinds.get(loaded.kind), StarKind):
        return StarVersion(cast("LoadedVersion[StarScorer]", loaded))
    return NextItemVersion(cast("LoadedVersion[NextItemScorer]", loaded))


def _baseline(kind: str, snapshot: Snapshot, training: BoolArray) -> ModelUnderTest:
    if isinstance(kinds.get(kind), StarKind):
        return MeanRating(snapshot, training)
    return MostRated(snapshot, training)

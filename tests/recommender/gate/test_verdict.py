"""What the gate lets pass, from answers made by hand."""

import numpy as np
import pytest

from recommender.gate.verdict import (
    Contest,
    GateRules,
    Measure,
    Verdict,
    judge,
    metrics_of,
    verdict_metrics,
)

MARGINS = {Measure.STARS: 0.002, Measure.NEXT: 0.005, Measure.PAGE: 0.04}
RULES = GateRules(minimum_questions=100, margins=MARGINS, certainty=0.95)
USERS = np.repeat(np.arange(200), 5)
RANDOM = np.random.default_rng(0)
ERRORS = RANDOM.exponential(0.8, len(USERS))
RANKS = RANDOM.integers(1, 200, len(USERS)).astype(float)
BOTH = pytest.mark.parametrize(
    ("measure", "live"), [(Measure.STARS, ERRORS), (Measure.NEXT, RANKS), (Measure.PAGE, RANKS)]
)


def contest(
    measure: Measure,
    candidate: np.ndarray,
    live: np.ndarray,
    users: np.ndarray = USERS,
    **changed: float | str,
) -> Contest:
    words = {"name": "gate", "about": "all", "opponent": "the live version 1", **changed}
    return Contest(measure=measure, user_ids=users, candidate=candidate, against=live, **words)


def verdict_on(measure: Measure, candidate: np.ndarray, live: np.ndarray) -> Verdict:
    return judge([contest(measure, candidate, live)], RULES)


@BOTH
def test_the_same_answers_pass(measure: Measure, live: np.ndarray) -> None:
    verdict = verdict_on(measure, live, live)
    assert verdict.passed
    assert verdict.findings[0].gain == 0


@BOTH
def test_plainly_worse_answers_are_turned_down(measure: Measure, live: np.ndarray) -> None:
    verdict = verdict_on(measure, live * 1.5, live)
    assert not verdict.passed
    assert verdict.findings[0].gain < -0.1
    assert "worse" in verdict.reason
    assert verdict.reason.endswith("turned down by gate")


@BOTH
def test_better_answers_pass(measure: Measure, live: np.ndarray) -> None:
    verdict = verdict_on(measure, np.maximum(live * 0.8, 1e-9), live)
    assert verdict.passed
    assert verdict.findings[0].low > 0


def test_each_measure_has_its_margin() -> None:
    """1 % worse for every question: too much for next films, not for the page."""
    assert not verdict_on(Measure.NEXT, RANKS * 1.01, RANKS).passed
    assert verdict_on(Measure.PAGE, RANKS * 1.01, RANKS).passed
    assert not verdict_on(Measure.STARS, ERRORS * 1.003**2, ERRORS).passed
    assert verdict_on(Measure.STARS, ERRORS * 1.001**2, ERRORS).passed


def test_the_margin_of_a_contest_can_be_a_multiple() -> None:
    slightly = RANKS * 1.008
    assert not judge([contest(Measure.NEXT, slightly, RANKS)], RULES).passed
    assert judge([contest(Measure.NEXT, slightly, RANKS, leniency=2.0)], RULES).passed


def test_every_rank_has_a_say() -> None:
    """The places far down get worse and the first ones stay, which an MRR hardly notices."""
    worse = np.where(RANKS > 50, RANKS * 1.05, RANKS)
    assert (1 / RANKS).mean() / (1 / worse).mean() - 1 < 0.012
    assert not verdict_on(Measure.NEXT, worse, RANKS).passed


def test_noise_is_no_ground_for_turning_down() -> None:
    """A loss that hangs on one user's answers disappears when users are drawn anew."""
    one_bad_user = ERRORS.copy()
    one_bad_user[USERS == 0] += 6
    verdict = verdict_on(Measure.STARS, one_bad_user, ERRORS)
    assert verdict.findings[0].gain < -MARGINS[Measure.STARS]
    assert verdict.findings[0].too_bad < 0.95
    assert verdict.passed


def test_one_lost_contest_turns_down() -> None:
    won = contest(Measure.STARS, ERRORS * 0.9, ERRORS)
    lost = contest(Measure.PAGE, RANKS * 1.1, RANKS, name="page", about="top picks")
    verdict = judge([won, lost], RULES)
    assert not verdict.passed
    assert verdict.reason.endswith("turned down by page")
    kept = verdict_metrics(verdict)
    assert kept["gate_gain"] > 0 > kept["page_high"]
    assert len(kept) == 8, "gain, bounds and how often it was ahead, of both"


def test_more_contests_ask_for_more_certainty() -> None:
    """A loss that is as certain as 97 % alone is not when five contests had a chance of it."""
    drawn = np.random.default_rng(1).normal(0, 1, 200)
    standard = (drawn - drawn.mean()) / drawn.std()
    loss = MARGINS[Measure.NEXT] + 0.2 * (standard + 1.9 / np.sqrt(200))
    alone = contest(Measure.NEXT, RANKS * np.exp(np.repeat(loss, 5)), RANKS)
    first = judge([alone], RULES)
    assert 0.95 < first.findings[0].too_bad < 0.99
    assert not first.passed
    even = [contest(Measure.NEXT, RANKS, RANKS, name=f"even {n}") for n in range(4)]
    assert judge([alone, *even], RULES).passed


def test_few_questions_are_not_judged() -> None:
    few = contest(Measure.STARS, ERRORS[:99] * 9, ERRORS[:99], USERS[:99])
    verdict = judge([few], RULES)
    assert verdict.passed
    assert "not judged: 99" in verdict.reason
    enough = contest(Measure.STARS, ERRORS, ERRORS)
    assert [finding.name for finding in judge([enough, few], RULES).findings] == ["gate"]


def test_no_questions_at_all() -> None:
    empty = np.zeros(0)
    assert judge([contest(Measure.NEXT, empty, empty, empty.astype(int))], RULES).passed
    assert metrics_of(Measure.NEXT, empty) == {}


def test_answers_that_are_not_numbers_never_pass() -> None:
    broken = ERRORS.copy()
    broken[3] = np.nan
    assert not verdict_on(Measure.STARS, broken, ERRORS).passed
    few = contest(Measure.STARS, broken[:5], ERRORS[:5], USERS[:5])
    assert not judge([few], RULES).passed
    assert not judge([contest(Measure.STARS, ERRORS, ERRORS), few], RULES).passed
    assert verdict_on(Measure.STARS, ERRORS, broken).passed


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="of one length, got 1000, 999 and 1000"):
        contest(Measure.STARS, ERRORS[1:], ERRORS)


def test_the_same_answers_get_the_same_verdict() -> None:
    once = verdict_on(Measure.NEXT, RANKS * 1.1, RANKS)
    assert once == verdict_on(Measure.NEXT, RANKS * 1.1, RANKS)


def test_resamples_spread_as_the_mean_of_users_does() -> None:
    """The interval against the textbook's for a mean over independent users."""
    logs = np.repeat(RANDOM.normal(0, 0.2, 200), 5)
    finding = verdict_on(Measure.NEXT, RANKS * np.exp(logs), RANKS).findings[0]
    half = 1.96 * logs[::5].std() / np.sqrt(200)
    assert (finding.high - finding.low) / 2 == pytest.approx(half, rel=0.1)


def test_metrics_by_hand() -> None:
    assert metrics_of(Measure.STARS, np.array([1.0, 4.0, 4.0])) == {"rmse": pytest.approx(3**0.5)}
    ranking = metrics_of(Measure.NEXT, np.array([1.0, 3.0, 20.0]))
    assert ranking["mrr"] == pytest.approx((1 + 1 / 3 + 1 / 20) / 3)
    assert ranking["ndcg@10"] == pytest.approx((1 + 1 / 2) / 3)
    assert ranking["hit_rate@10"] == pytest.approx(2 / 3)
    assert ranking["mean_rank"] == pytest.approx(60 ** (1 / 3))

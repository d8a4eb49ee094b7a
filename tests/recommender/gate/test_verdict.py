"""What the gate lets pass, from answers made by hand."""

import numpy as np
import pytest

from recommender.gate.verdict import GateRules, judge, metrics_of

RULES = GateRules(minimum_questions=100, margin=0.01, certainty=0.8)
USERS = np.repeat(np.arange(200), 5)
RANDOM = np.random.default_rng(0)
ERRORS = RANDOM.exponential(0.8, len(USERS))
RANKS = RANDOM.integers(1, 200, len(USERS)).astype(float)


@pytest.mark.parametrize(("kind", "live"), [("factorization", ERRORS), ("sequence", RANKS)])
def test_the_same_answers_pass(kind: str, live: np.ndarray) -> None:
    verdict = judge(kind, USERS, live, live, RULES)
    assert verdict.passed
    assert verdict.gain == 0


@pytest.mark.parametrize(("kind", "live"), [("factorization", ERRORS), ("sequence", RANKS)])
def test_plainly_worse_answers_are_turned_down(kind: str, live: np.ndarray) -> None:
    verdict = judge(kind, USERS, live * 1.5, live, RULES)
    assert not verdict.passed
    assert verdict.gain is not None
    assert verdict.gain < -0.1
    assert "worse" in verdict.reason


@pytest.mark.parametrize(("kind", "live"), [("factorization", ERRORS), ("sequence", RANKS)])
def test_better_answers_pass(kind: str, live: np.ndarray) -> None:
    verdict = judge(kind, USERS, np.maximum(live * 0.8, 1e-9), live, RULES)
    assert verdict.passed
    assert verdict.low is not None
    assert verdict.low > 0


def test_the_margin_decides_for_a_small_loss() -> None:
    """0.5 % worse in RMSE for every question: within a margin of 1 %, not of 0.1 %."""
    slightly = ERRORS * 1.005**2
    assert judge("factorization", USERS, slightly, ERRORS, RULES).passed
    strict = GateRules(minimum_questions=100, margin=0.001, certainty=0.8)
    assert not judge("factorization", USERS, slightly, ERRORS, strict).passed


def test_noise_is_no_ground_for_turning_down() -> None:
    """A loss that hangs on one user's answers disappears when users are drawn anew."""
    one_bad_user = ERRORS.copy()
    one_bad_user[USERS == 0] += 6
    verdict = judge("factorization", USERS, one_bad_user, ERRORS, RULES)
    assert verdict.gain is not None
    assert verdict.gain < -RULES.margin
    assert verdict.too_bad is not None
    assert verdict.passed


def test_few_questions_are_not_judged() -> None:
    verdict = judge("factorization", USERS[:99], ERRORS[:99] * 9, ERRORS[:99], RULES)
    assert verdict.passed
    assert "not judged: 99" in verdict.reason


def test_no_questions_at_all() -> None:
    empty = np.zeros(0)
    assert judge("sequence", empty.astype(int), empty, empty, RULES).passed
    assert metrics_of("sequence", empty) == {}


def test_answers_that_are_not_numbers_never_pass() -> None:
    broken = ERRORS.copy()
    broken[3] = np.nan
    assert not judge("factorization", USERS, broken, ERRORS, RULES).passed
    assert not judge("factorization", USERS[:5], broken[:5], ERRORS[:5], RULES).passed


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="of one length, got 1000, 999 and 1000"):
        judge("factorization", USERS, ERRORS[1:], ERRORS, RULES)


def test_the_same_answers_get_the_same_verdict() -> None:
    once = judge("sequence", USERS, RANKS * 1.1, RANKS, RULES)
    assert once == judge("sequence", USERS, RANKS * 1.1, RANKS, RULES)


def test_metrics_by_hand() -> None:
    assert metrics_of("factorization", np.array([1.0, 4.0, 4.0])) == {"rmse": pytest.approx(3**0.5)}
    ranking = metrics_of("sequence", np.array([1.0, 3.0, 20.0]))
    assert ranking["mrr"] == pytest.approx((1 + 1 / 3 + 1 / 20) / 3)
    assert ranking["ndcg@10"] == pytest.approx((1 + 1 / 2) / 3)
    assert ranking["hit_rate@10"] == pytest.approx(2 / 3)

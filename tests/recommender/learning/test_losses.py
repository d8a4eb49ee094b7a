"""Losses against values worked out by hand, and what masks and weights do to them."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.learning import losses

POSITIVE = torch.tensor([1.0, 0.0])
NEGATIVE = torch.tensor([0.0, 2.0])


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def test_pairwise_losses_by_hand():
    expected = ((1 - sigmoid(1)) + sigmoid(0) + (1 - sigmoid(0)) + sigmoid(2)) / 2
    assert losses.pointwise_loss(POSITIVE, NEGATIVE).item() == pytest.approx(expected)
    expected = ((1 - sigmoid(1)) + (1 - sigmoid(-2))) / 2
    assert losses.bpr_loss(POSITIVE, NEGATIVE).item() == pytest.approx(expected)
    assert losses.hinge_loss(POSITIVE, NEGATIVE).item() == pytest.approx((0 + 3) / 2)


def test_adaptive_hinge_takes_the_highest_negative():
    negatives = torch.stack([NEGATIVE, torch.tensor([5.0, -9.0])])
    assert losses.adaptive_hinge_loss(POSITIVE, negatives).item() == pytest.approx((5 + 3) / 2)


def test_warp_weighs_by_the_number_of_trials():
    # The first negative violates the margin in row 0, only the third in row 1, none in row 2.
    positives = torch.tensor([1.0, 1.0, 1.0])
    negatives = torch.tensor([[1.5, -1.0, -1.0], [9.0, -2.0, -5.0], [9.0, 2.0, -1.0]])
    expected = (1.5 * math.log(1 + 100) + 2.0 * math.log(1 + 33)) / 3
    assert losses.warp_loss(positives, negatives, 101).item() == pytest.approx(expected, rel=1e-5)


def test_softmax_by_hand():
    logits = torch.tensor([[0.0, math.log(2.0), math.log(3.0)]])
    found = losses.softmax_loss(logits, torch.tensor([1]))
    assert found.item() == pytest.approx(math.log(3.0))


@pytest.mark.parametrize("skewed", [False, True])
def test_sampled_softmax_estimates_the_full_one(skewed):
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(1, 50, generator=generator)
    q = torch.rand(50, generator=generator) + 0.1 if skewed else torch.ones(50)
    q = q / q.sum()
    drawn = torch.multinomial(q, 200_000, replacement=True, generator=generator)
    negatives = logits[:, drawn].masked_fill(drawn == 7, -torch.inf)
    sampled = losses.sampled_softmax_loss(logits[:, 7], negatives, q.log()[drawn])
    full = losses.softmax_loss(logits, torch.tensor([7]))
    assert sampled.item() == pytest.approx(full.item(), abs=0.02)


def test_rating_losses_by_hand():
    observed, predicted = torch.tensor([3.0, 1.0]), torch.tensor([2.0, 4.0])
    assert losses.regression_loss(observed, predicted).item() == pytest.approx((1 + 9) / 2)
    expected = ((2 - 3 * math.log(2)) + (4 - math.log(4))) / 2
    assert losses.poisson_loss(observed, predicted).item() == pytest.approx(expected)
    likes, odds = torch.tensor([1.0, -1.0]), torch.tensor([2.0, 0.5])
    expected = -(math.log(sigmoid(2)) + math.log(1 - sigmoid(0.5))) / 2
    assert losses.logistic_loss(likes, odds).item() == pytest.approx(expected)


PAIRWISE = [
    losses.pointwise_loss,
    losses.bpr_loss,
    losses.hinge_loss,
    lambda p, n, m=None, w=None: losses.adaptive_hinge_loss(p, torch.stack([n, n - 1]), m, w),
    lambda p, n, m=None, w=None: losses.warp_loss(p, torch.stack([n, n - 1]), 50, m, w),
]


@pytest.mark.parametrize("loss", PAIRWISE)
@settings(deadline=None, max_examples=20)
@given(st.lists(st.tuples(*[st.floats(-3, 3)] * 2, st.booleans()), min_size=1, max_size=8))
def test_a_mask_is_leaving_out(loss, entries):
    positives, negatives, kept = map(torch.tensor, zip(*entries, strict=True))
    masked = loss(positives, negatives, kept)
    if not kept.any():
        assert masked.item() == 0
        return
    assert masked.item() == pytest.approx(loss(positives[kept], negatives[kept]).item(), abs=1e-5)


@pytest.mark.parametrize("loss", PAIRWISE)
def test_a_weight_is_as_good_as_copies(loss):
    twice = torch.tensor([0, 0, 1])
    weighted = loss(POSITIVE, NEGATIVE, None, torch.tensor([2.0, 1.0])) * 2
    copied = loss(POSITIVE[twice], NEGATIVE[twice]) * 3
    assert weighted.item() == pytest.approx(copied.item(), abs=1e-6)


@pytest.mark.parametrize(
    "loss", [losses.regression_loss, losses.poisson_loss, losses.logistic_loss]
)
def test_ratings_are_weighted_too(loss):
    observed, predicted = torch.tensor([3.0, 1.0]), torch.tensor([2.0, 4.0])
    found = loss(observed, predicted, torch.tensor([2.0, 0.0]))
    assert found.item() == pytest.approx(loss(observed[:1], predicted[:1]).item(), abs=1e-6)


def test_softmax_is_weighted_too():
    logits, targets = torch.tensor([[1.0, 2.0], [0.5, 3.0]]), torch.tensor([0, 1])
    found = losses.softmax_loss(logits, targets, weights=torch.tensor([2.0, 0.0]))
    assert found.item() == pytest.approx(losses.softmax_loss(logits[:1], targets[:1]).item())


def test_gradients_stay_finite_when_a_negative_is_left_out():
    positive = torch.zeros(1, requires_grad=True)
    negatives = torch.tensor([[-torch.inf, 0.0]])
    losses.sampled_softmax_loss(positive, negatives, -math.log(5)).backward()
    assert torch.isfinite(positive.grad).all()

"""The slope and the curvature by hand are what automatic differentiation says."""

import numpy as np
import pytest
import torch

from recommender.learning.presets.next_item.logit import Logit

EVIDENCE, LINEAR = 4, 3
SIZES = np.array([5, 1, 8, 2])
STARTS = np.cumsum(SIZES) - SIZES
SOFTNESS = 0.3


def questions(seed=0):
    """Features (EVIDENCE + LINEAR, candidates) and log weights (candidates,)."""
    random = np.random.RandomState(seed)
    features = random.normal(0, 1, (EVIDENCE + LINEAR, SIZES.sum()))
    features[:EVIDENCE] = np.abs(features[:EVIDENCE])
    features[:EVIDENCE, 3] = 0.0
    return features.astype(np.float32), random.normal(0, 1, SIZES.sum()).astype(np.float32)


def somewhere(seed=0):
    random = np.random.RandomState(seed)
    return np.append(random.normal(0, 1, EVIDENCE + LINEAR), 0.7)


def chances(point, features, log_weights):
    """The log chances of the right answers (questions,), by torch."""
    features, log_weights = torch.from_numpy(features).double(), torch.from_numpy(log_weights)
    total = point[:EVIDENCE].exp() @ features[:EVIDENCE] + 1e-9
    scores = point[-1] * total.log() + point[EVIDENCE:-1] @ features[EVIDENCE:] + log_weights
    return torch.stack([one.log_softmax(0)[0] for one in scores.split(SIZES.tolist())])


@pytest.mark.parametrize("seed", range(3))
def test_loss_and_slope(seed):
    features, log_weights = questions(seed)
    point = torch.from_numpy(somewhere(seed)).requires_grad_()
    log_chances = chances(point, features, log_weights)
    expected = ((1 - (SOFTNESS * log_chances).exp()) / SOFTNESS).mean()
    expected.backward()
    loss, slope = Logit(features, EVIDENCE, log_weights, SIZES).loss(somewhere(seed))
    assert loss == pytest.approx(expected.item(), rel=1e-5)
    np.testing.assert_allclose(slope, point.grad, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_curvature(seed):
    """By the covariance of how candidates' scores move with the point."""
    features, log_weights = questions(seed)
    point = torch.from_numpy(somewhere(seed))

    def scores(point):
        total = point[:EVIDENCE].exp() @ torch.from_numpy(features[:EVIDENCE]).double() + 1e-9
        return (
            point[-1] * total.log()
            + point[EVIDENCE:-1] @ torch.from_numpy(features[EVIDENCE:]).double()
        )

    moved = torch.autograd.functional.jacobian(scores, point)
    counts = (SOFTNESS * chances(point, features, log_weights)).exp()
    expected = torch.zeros(len(point), len(point), dtype=torch.float64)
    drawn = scores(point) + torch.from_numpy(log_weights)
    for start, size, count in zip(STARTS, SIZES, counts, strict=True):
        chance = drawn[start : start + size].softmax(0)
        here = moved[start : start + size]
        here = here - chance @ here
        expected += count / len(SIZES) * (here.T * chance) @ here
    curvature = Logit(features, EVIDENCE, log_weights, SIZES).curvature(somewhere(seed))
    np.testing.assert_allclose(curvature, expected, rtol=1e-3, atol=1e-5)


def test_every_second_question():
    features, log_weights = questions()
    some = np.repeat([True, False, True, False], SIZES)
    part = Logit(features, EVIDENCE, log_weights, SIZES).part(every=2)
    alone = Logit(features[:, some], EVIDENCE, log_weights[some], SIZES[::2])
    assert part.questions == 2
    assert part.loss(somewhere())[0] == pytest.approx(alone.loss(somewhere())[0])
    of_part, of_alone = part.curvature(somewhere()), alone.curvature(somewhere())
    np.testing.assert_allclose(of_part, of_alone, rtol=1e-5, atol=1e-6)


def test_answers_out_of_reach_overflow_nothing():
    features, log_weights = questions()
    features[EVIDENCE:, STARTS] -= 1e4
    logit = Logit(features, EVIDENCE, log_weights, SIZES)
    point = np.ones(EVIDENCE + LINEAR + 1)
    loss, slope = logit.loss(point)
    assert loss == pytest.approx(0.75 / SOFTNESS)  # one question has no other answer
    assert np.isfinite(slope).all()
    assert np.isfinite(logit.curvature(point)).all()

"""The loss in pieces is the loss as a whole, and stores no scores."""

import math

import torch
import torch.nn.functional as F

from recommender.learning.presets.next_item.neural import cross_entropy as module
from recommender.learning.presets.next_item.neural.cross_entropy import (
    cross_entropy,
    sampled_cross_entropy,
    shares_of,
)


def made(states=50, items=30, dim=8):
    torch.manual_seed(0)
    parts = [torch.randn(states, dim), torch.randn(items, dim), torch.randn(items)]
    return [part.requires_grad_() for part in parts], torch.randint(1, items, (states, 3))


def gradients(loss, parts):
    return torch.autograd.grad(loss, parts)


def test_loss_and_gradients_are_those_of_all_scores_at_once(monkeypatch):
    monkeypatch.setattr(module, "SCORES_AT_ONCE", 30 * 7)
    parts, targets = made()
    states, table, biases = parts
    targets[:9, 1:] = 0
    shares = shares_of(targets, 0.5)
    scores = states @ table.T + biases
    chances = F.log_softmax(scores.index_fill(1, torch.tensor([0]), -torch.inf), dim=1)
    whole = -(shares * chances.gather(1, targets).clamp_min(-1e9)).sum(dim=1).mean()
    pieces = cross_entropy(states, table, biases, targets, shares)
    torch.testing.assert_close(pieces, whole)
    for one, other in zip(gradients(3 * pieces, parts), gradients(3 * whole, parts), strict=True):
        torch.testing.assert_close(one, other)


def test_what_is_kept_for_the_gradient_does_not_grow_with_states_times_items():
    parts, targets = made(states=2000, items=3000, dim=4)
    kept = []

    def pack(tensor):
        kept.append(tensor.numel())
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        cross_entropy(*parts, targets, shares_of(targets, 0.5))
    assert sum(kept) < 10 * (2000 + 3000) * 4


def test_a_sample_corrected_for_its_drawing_estimates_the_whole():
    """Of a thousand items drawn by their popularity: without the correction .18 off."""
    torch.manual_seed(1)
    states, table, biases = torch.randn(200, 4), torch.randn(100, 4), torch.zeros(100)
    targets = torch.randint(1, 100, (200, 2))
    shares = shares_of(targets, 0.5)
    chances = torch.arange(100) / 4950
    drawn = torch.multinomial(chances, 20_000, replacement=True)
    log_q = chances[drawn].log() + math.log(len(drawn))
    estimate = sampled_cross_entropy(states, table, biases, targets, shares, drawn, log_q)
    whole = cross_entropy(states, table, biases, targets, shares)
    torch.testing.assert_close(estimate, whole, atol=0.05, rtol=0)


def test_nearer_answers_have_larger_shares_and_what_is_not_there_none():
    shares = shares_of(torch.tensor([[3, 5, 2], [4, 6, 0], [7, 0, 0]]), 0.5)
    expected = torch.tensor([[4 / 7, 2 / 7, 1 / 7], [2 / 3, 1 / 3, 0.0], [1.0, 0.0, 0.0]])
    torch.testing.assert_close(shares, expected)

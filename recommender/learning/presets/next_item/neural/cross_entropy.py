"""Cross-entropy over a whole catalog, a few states at a time: no more scores are ever stored.

A plain softmax keeps states x items numbers for its gradient, which outgrows any memory. Here the
gradient is made with the scores and only it is kept (as in Wijmans et al., ICLR 2025, "Cut your
losses in large-vocabulary language models"), so memory grows with states plus items.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from recommender.learning.interactions import PADDING_ITEM

SCORES_AT_ONCE = 2**20  # four megabytes, which caches hold


def shares_of(targets: Tensor, decay: float) -> Tensor:
    """What each of ``targets`` (n, ahead), the nearest first, has of an answer: each ``decay``
    times what the one before it has, nothing for item 0, together 1."""
    shares = decay ** torch.arange(targets.shape[1], device=targets.device, dtype=torch.float32)
    shares = torch.where(targets != PADDING_ITEM, shares, 0.0)
    return shares / shares.sum(dim=1, keepdim=True)


def cross_entropy(
    states: Tensor, table: Tensor, biases: Tensor, targets: Tensor, shares: Tensor
) -> Tensor:
    """The mean over ``states`` (n, d) of minus the log chances of ``targets`` (n, k), each by its
    share (n, k), among the items of ``table`` (num_items, d), which score ``states @ table.T +
    biases``; item 0 is none."""
    return _CrossEntropy.apply(states, table, biases, targets, shares)  # type: ignore[no-untyped-call]


def sampled_cross_entropy(
    states: Tensor,
    table: Tensor,
    biases: Tensor,
    targets: Tensor,
    shares: Tensor,
    drawn: Tensor,
    log_q: Tensor,
) -> Tensor:
    """The same among each target and ``drawn`` (m,) alone, whose logarithm of the chance to be
    drawn, ``log_q`` (m,), is taken off their scores (Yi et al., RecSys 2019)."""
    own = (states.unsqueeze(1) * table[targets]).sum(dim=2) + biases[targets]
    others = states @ table[drawn].T + (biases[drawn] - log_q)
    for column in targets.unbind(dim=1):
        others = others.masked_fill(column.unsqueeze(1) == drawn, -torch.inf)
    level = others.logsumexp(dim=1, keepdim=True)
    return (shares * (torch.logaddexp(level, own) - own)).sum(dim=1).mean()


class _CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, states: Tensor, table: Tensor, biases: Tensor, targets: Tensor, shares: Tensor
    ) -> Tensor:
        # Autocast is off in here: half the digits do for products, never for sums.
        low = torch.bfloat16 if states.is_cuda else torch.float32
        weights, offsets = table.detach().to(low), biases.detach().float().clone()
        offsets[PADDING_ITEM] = -torch.inf
        total = torch.zeros((), device=states.device)
        of_states = torch.empty_like(states, dtype=torch.float32)
        of_table = torch.zeros_like(table, dtype=torch.float32)
        of_biases = torch.zeros_like(biases, dtype=torch.float32)
        step = max(1, SCORES_AT_ONCE // len(table))
        with torch.autocast(states.device.type, enabled=False):
            for start in range(0, len(states), step):
                part = states[start : start + step].detach().to(low)
                right, share = targets[start : start + step], shares[start : start + step]
                scores = _scores(part, weights, offsets)
                said, top = scores.gather(1, right), scores.amax(dim=1, keepdim=True)
                chances = scores.sub_(top).exp_()
                sums = chances.sum(dim=1, keepdim=True)
                missed = top + sums.log() - said
                total += torch.where(share > 0, share * missed, 0.0).sum()
                of_biases += (chances.T @ sums.reciprocal()).squeeze(1)
                chances = chances.to(low)
                of_states[start : start + step] = (chances @ weights) / sums
                of_table += chances.T @ (part / sums).to(low)
            for right, share in zip(targets.unbind(1), shares.unbind(1), strict=True):
                of_states -= share.unsqueeze(1) * table.detach()[right]
                of_table.index_add_(0, right, -share.unsqueeze(1) * states.detach().float())
                of_biases.index_add_(0, right, -share)
        ctx.save_for_backward(of_states, of_table, of_biases)
        ctx.size = len(states)
        ctx.dtypes = states.dtype, table.dtype, biases.dtype
        return total / len(states)

    @staticmethod
    def backward(ctx: Any, *grad: Tensor) -> tuple[Tensor | None, ...]:
        scale = grad[0] / ctx.size
        made = zip(ctx.saved_tensors, ctx.dtypes, strict=True)
        return (*((one * scale).to(dtype) for one, dtype in made), None, None)


def _scores(states: Tensor, weights: Tensor, biases: Tensor) -> Tensor:
    if states.dtype == torch.float32:
        return torch.addmm(biases, states, weights.T)
    return (states @ weights.T).float().add_(biases)

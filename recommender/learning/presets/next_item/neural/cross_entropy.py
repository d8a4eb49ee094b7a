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

SCORES_AT_ONCE = 2**23


def cross_entropy(states: Tensor, table: Tensor, biases: Tensor, targets: Tensor) -> Tensor:
    """The mean over ``states`` (n, d) of minus the log chance of ``targets`` (n,) among the items
    of ``table`` (num_items, d), which score ``states @ table.T + biases``; item 0 is none."""
    return _CrossEntropy.apply(states, table, biases, targets)  # type: ignore[no-untyped-call]


def sampled_cross_entropy(
    states: Tensor, table: Tensor, biases: Tensor, targets: Tensor, drawn: Tensor, log_q: Tensor
) -> Tensor:
    """The same among the target and ``drawn`` (k,) alone, whose logarithm of the chance to be
    drawn, ``log_q`` (k,), is taken off their scores (Yi et al., RecSys 2019)."""
    own = (states * table[targets]).sum(dim=1) + biases[targets]
    others = states @ table[drawn].T + (biases[drawn] - log_q)
    others = others.masked_fill(targets.unsqueeze(1) == drawn, -torch.inf)
    return (torch.cat([own.unsqueeze(1), others], dim=1).logsumexp(dim=1) - own).mean()


class _CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, states: Tensor, table: Tensor, biases: Tensor, targets: Tensor) -> Tensor:
        # Autocast is off in here: half the digits do for products, never for sums.
        low = torch.bfloat16 if states.is_cuda else torch.float32
        weights = table.detach().to(low)
        total = torch.zeros((), device=states.device)
        of_states = torch.empty_like(states, dtype=torch.float32)
        of_table = torch.zeros_like(table, dtype=torch.float32)
        of_biases = torch.zeros_like(biases, dtype=torch.float32)
        step = max(1, SCORES_AT_ONCE // len(table))
        with torch.autocast(states.device.type, enabled=False):
            for start in range(0, len(states), step):
                part = states[start : start + step].detach().to(low)
                right = targets[start : start + step].unsqueeze(1)
                scores = (part @ weights.T).float()
                scores += biases.detach()
                scores[:, PADDING_ITEM] = -torch.inf
                level = scores.logsumexp(dim=1, keepdim=True)
                total += (level - scores.gather(1, right)).sum()
                error = scores.sub_(level).exp_()
                error.scatter_add_(1, right, torch.full_like(level, -1.0))
                of_biases += error.sum(dim=0)
                error = error.to(low)
                of_states[start : start + step] = error @ weights
                of_table += error.T @ part
        ctx.save_for_backward(of_states, of_table, of_biases)
        ctx.size = len(states)
        ctx.dtypes = states.dtype, table.dtype, biases.dtype
        return total / len(states)

    @staticmethod
    def backward(ctx: Any, *grad: Tensor) -> tuple[Tensor | None, ...]:
        scale = grad[0] / ctx.size
        made = zip(ctx.saved_tensors, ctx.dtypes, strict=True)
        return (*((one * scale).to(dtype) for one, dtype in made), None)

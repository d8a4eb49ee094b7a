"""Fits how much the transformer counts beside the counted members, and whether it should at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from recommender.learning.arrays import Array
from recommender.learning.presets.next_item.neural.member import Blend

LogChances = Callable[[Array], Array]
"""Log chances (num_items,) after a history."""

_LISTED = 200
_SOFTNESS = 0.3
_START = (0.7, 0.5, 0.0)
_PENALTY = 1e-3
_SURE = 1.6
_TOP = 10


@dataclass(frozen=True)
class Lists:
    """For each question what both say of the right item and of the best of each: ``counted`` and
    ``neural`` (n, k), the right item first, minus infinity where a list is shorter; ``lengths``
    (n,) of the histories, and ``users`` (n,)."""

    counted: Tensor
    neural: Tensor
    lengths: Tensor
    users: Tensor

    def take(self, rows: Tensor) -> Lists:
        return Lists(self.counted[rows], self.neural[rows], self.lengths[rows], self.users[rows])

    def scores(self, blend: Tensor) -> Tensor:
        weight = (blend[1] + blend[2] * self.lengths.log1p()).clamp_min(0.0)
        # Nothing infinite is multiplied: its gradient would be no number.
        listed = self.counted.isfinite()
        counted = self.counted.masked_fill(~listed, 0.0)
        scores = blend[0] * counted + weight.unsqueeze(1) * self.neural
        return scores.masked_fill(~listed, -torch.inf)


def draw_up(
    counted: LogChances,
    neural: LogChances,
    users: Array,
    histories: list[Array],
    targets: Array,
    repeats: bool,
) -> Lists:
    """Ask both about each history what comes next; its own items are no answers but where
    users meet items again."""
    said = np.full((2, len(targets), 1 + 2 * _LISTED), -np.inf, np.float32)
    for row, (history, target) in enumerate(zip(histories, targets.tolist(), strict=True)):
        both = np.stack([counted(history), neural(history)])
        both[:, 0] = -np.inf
        if not repeats:
            own = both[:, target].copy()
            both[:, history] = -np.inf
            both[:, target] = own
        size = min(_LISTED, both.shape[1] - 1)
        best = np.unique(np.argpartition(both, -size, axis=1)[:, -size:])
        best = best[(best != target) & np.isfinite(both[:, best]).all(axis=0)]
        listed = np.append(target, best)
        said[:, row, : len(listed)] = both[:, listed]
    lengths = np.array([len(history) for history in histories])
    return Lists(
        torch.from_numpy(said[0]),
        torch.from_numpy(np.where(np.isfinite(said[1]), said[1], 0.0)),
        torch.from_numpy(lengths).float(),
        torch.from_numpy(np.asarray(users)),
    )


def fit_blend(lists: Lists, steps: int = 60) -> Blend:
    """The blend under which the right items are likeliest, by the generalised cross-entropy of
    :func:`recommender.learning.presets.next_item.weights.fit_weights`."""
    start = torch.tensor(_START)
    blend = start.clone().requires_grad_()
    optimizer = torch.optim.LBFGS([blend], lr=0.5, max_iter=steps, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        chance = torch.log_softmax(lists.scores(blend), dim=1)[:, 0]
        error = ((1 - (_SOFTNESS * chance).exp()) / _SOFTNESS).mean()
        penalised = error + _PENALTY * (blend - start).square().sum()
        penalised.backward()
        return penalised.detach()

    optimizer.step(closure)
    counted, start, slope = blend.detach().tolist()
    return Blend(max(counted, 1e-3), start, slope)


def gain(lists: Lists) -> tuple[float, float]:
    """What a blend adds to NDCG@10, by users, and the standard error of that.

    Each half of the users is judged by a blend that was fitted on the other.
    """
    users, place = torch.unique(lists.users, return_inverse=True)
    half = place % 2
    risen = torch.zeros(len(place))
    for number in range(2):
        other, own = half != number, half == number
        blend = fit_blend(lists.take(other))
        some = lists.take(own)
        after = some.scores(torch.tensor([blend.counted, blend.start, blend.slope]))
        risen[own] = _ndcg(after) - _ndcg(some.counted)
    by_user = torch.bincount(place, risen) / torch.bincount(place)
    return float(by_user.mean()), float(by_user.std() / len(users) ** 0.5)


def helps(lists: Lists) -> bool:
    """Whether a blend ranks held-out answers higher, by more than chance."""
    if len(torch.unique(lists.users)) < 20:
        return False
    mean, error = gain(lists)
    return mean > _SURE * error


def _ndcg(scores: Tensor) -> Tensor:
    above = (scores[:, 1:] > scores[:, :1]).sum(dim=1)
    return torch.where(above < _TOP, 1 / (above + 2.0).log2(), 0.0)

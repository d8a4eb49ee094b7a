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
_WEIGHTS = (0.0, *(0.1 * 1.25**step for step in range(21)))  # up to 8.7
_FACTORS = (0.5, 0.7, 1.0, 1.4, 2.0)
_SPREAD = 0.5
_SOFTNESS = 0.3
_SHARPNESS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2)
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

    def scores(self, counted: float, start: float, slope: float) -> Tensor:
        """What a `Blend` gives each item of each list."""
        weight = (start + slope * self.lengths.log1p()).clamp_min(0.0)
        return counted * self.counted + weight.unsqueeze(1) * self.neural


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


def fit_blend(lists: Lists) -> Blend:
    """The blend that ranks the right items highest.

    Weights fitted by likelihood do not: what makes a rare answer less unlikely may push another
    off the first ten. So the transformer's weight beside the counted members is searched for, by
    what the ranking is judged by, first one for all histories, then one for short and one for
    long ones; no weight at all is among those tried. The sharpness of both together, which moves
    nothing in a ranking, is the likeliest.
    """
    logs = lists.lengths.log1p()
    short, long = (float(end) for end in torch.quantile(logs, torch.tensor([0.1, 0.9])))
    level = _best(lists, [(weight, 0.0) for weight in _WEIGHTS])[0]
    blend = level, 0.0
    if level and long - short > _SPREAD:
        near = [level * factor for factor in _FACTORS]
        slopes = {(a, b): (b - a) / (long - short) for a in near for b in near}
        lines = [(a - slope * short, slope) for (a, b), slope in slopes.items()]
        blend = _best(lists, [(level, 0.0), *lines])
    scale = _likeliest(lists, blend)
    return Blend(scale, scale * blend[0], scale * blend[1])


def _best(lists: Lists, lines: list[tuple[float, float]]) -> tuple[float, float]:
    """The start and the slope of the transformer's weight, beside 1 for the counted members, that
    rank best; of equal ones the first."""
    worth = [float(_by_user(lists, _worth(lists.scores(1.0, *line))).mean()) for line in lines]
    return lines[int(np.argmax(worth))]


def _likeliest(lists: Lists, line: tuple[float, float]) -> float:
    """What to multiply both with, so that the right items are likeliest, by the generalised
    cross-entropy of :func:`recommender.learning.presets.next_item.weights.fit_weights`."""
    scores = lists.scores(1.0, *line)
    chances = [torch.log_softmax(one * scores, dim=1)[:, 0] for one in _SHARPNESS]
    errors = [((1 - (_SOFTNESS * chance).exp()) / _SOFTNESS).mean() for chance in chances]
    return _SHARPNESS[int(torch.stack(errors).argmin())]


def gain(lists: Lists) -> tuple[float, float]:
    """What a blend adds to NDCG@10, by users, and the standard error of that.

    Each half of the users is judged by a blend that was fitted on the other.
    """
    half = torch.unique(lists.users, return_inverse=True)[1] % 2
    risen = torch.zeros(len(half))
    for number in range(2):
        own = half == number
        blend = fit_blend(lists.take(~own))
        some = lists.take(own)
        after = some.scores(blend.counted, blend.start, blend.slope)
        risen[own] = _ndcg(after) - _ndcg(some.counted)
    by_user = _by_user(lists, risen)
    return float(by_user.mean()), float(by_user.std() / len(by_user) ** 0.5)


def helps(lists: Lists) -> bool:
    """Whether a blend ranks held-out answers higher, by more than chance."""
    if len(torch.unique(lists.users)) < 20:
        return False
    mean, error = gain(lists)
    return mean > _SURE * error


def _by_user(lists: Lists, values: Tensor) -> Tensor:
    """The mean of each user's ``values`` (n,)."""
    place = torch.unique(lists.users, return_inverse=True)[1]
    return torch.bincount(place, values) / torch.bincount(place)


def _worth(scores: Tensor) -> Tensor:
    """As NDCG, of the whole list: what is not among the first ten yet moves it too, and so it
    jumps less from one blend to the next."""
    return 1 / (_above(scores) + 2.0).log2()


def _ndcg(scores: Tensor) -> Tensor:
    above = _above(scores)
    return torch.where(above < _TOP, 1 / (above + 2.0).log2(), 0.0)


def _above(scores: Tensor) -> Tensor:
    """How many items are above the right one, which comes first; equal ones count half."""
    others, right = scores[:, 1:], scores[:, :1]
    return (others > right).sum(dim=1) + 0.5 * (others == right).sum(dim=1)

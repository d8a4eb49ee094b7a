"""Items that a user did not choose, ever or at one place of a sequence."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from recommender.learning.interactions import PADDING_ITEM
from recommender.learning.validation import SeedLike, as_random_state, check_positive


def sample_items(
    num_items: int, shape: int | tuple[int, ...], random_state: SeedLike = None
) -> NDArray[np.int64]:
    """Item ids of the given shape, each uniform on ``[0, num_items)``."""
    check_positive("num_items", num_items)
    return as_random_state(random_state).randint(0, num_items, shape, dtype=np.int64)


def users_return(sequences: Tensor) -> bool:
    """Whether users choose again what they have had, by sequences (n, length) of items.

    They do where an item stood in its sequence before at least half as often as it would if every
    choice were made by popularity alone. Who rates films meets none twice; who listens to music
    does.
    """
    real = sequences != PADDING_ITEM
    counts = torch.bincount(sequences[real]).double()
    earlier = real.cumsum(1)[real] - 1
    expected = (earlier * counts[sequences[real]] / counts.sum()).sum()
    ascending = sequences.sort(dim=1).values
    again = (ascending[:, 1:] == ascending[:, :-1]) & (ascending[:, 1:] != PADDING_ITEM)
    return bool(again.sum() > expected / 2)


@torch.no_grad()
def other_items(items: Tensor, num_items: int, count: int) -> Tensor:
    """``count`` items for each of ``items`` (n,): shape (n, count), uniform over all but that one
    and the padding item; the item itself where there is no other."""
    others = num_items - PADDING_ITEM - 2
    if others == 0:
        return items.unsqueeze(1).expand(-1, count)
    first = PADDING_ITEM + 1
    drawn = torch.randint(first, first + others, (len(items), count), device=items.device)
    return drawn + (drawn >= items.unsqueeze(1))


class NegativeSampler:
    """Draws items that a user has not chosen, uniformly and without trial and error.

    The r-th unchosen item of a user is r plus the number of chosen items that lie before it. With
    a user's chosen items in order, ``c[0] < c[1] < ...``, those are the j for which
    ``c[j] - j <= r``: one binary search over all users' chosen items finds them. So the cost does
    not grow with how much a user has chosen, and no draw is wrong.

    Parameters
    ----------
    user_ids, item_ids: tensors (int64), shape (n,)
        What each user (or sequence) has chosen; repetitions count once. Draws are made on these
        tensors' device.
    num_users, num_items: int
    never: tensor (int64), optional
        Items that nobody is to be given, such as the padding item.

    A user who has chosen everything gets any item outside ``never``.

    Raises ``ValueError`` when ``never`` leaves no item.
    """

    def __init__(
        self,
        user_ids: Tensor,
        item_ids: Tensor,
        num_users: int,
        num_items: int,
        never: Tensor | None = None,
    ) -> None:
        device = user_ids.device
        allowed = torch.ones(num_items, dtype=torch.bool, device=device)
        if never is not None:
            allowed[never] = False
        # Among the allowed items each has a place; the search works on places.
        self._items = allowed.nonzero().squeeze(1)
        self._count = len(self._items)
        if self._count == 0:
            raise ValueError(f"never must leave an item to draw, got all of {num_items}")
        place = allowed.long().cumsum(0) - 1
        met = allowed[item_ids]
        keys = torch.unique(user_ids[met] * self._count + place[item_ids[met]])
        owners = keys // self._count
        counts = torch.bincount(owners, minlength=num_users)
        self._starts = counts.cumsum(0) - counts
        nth = torch.arange(len(keys), device=device) - self._starts[owners]
        self._gaps = owners * self._stride + keys % self._count - nth
        self._unchosen = self._count - counts

    def chosen_share(self) -> Tensor:
        """How much of what may be drawn each user (num_users,) has chosen."""
        return 1.0 - self._unchosen / self._count

    @property
    def _stride(self) -> int:
        return self._count + 1

    def sample(self, user_ids: Tensor, shape: tuple[int, ...] = ()) -> Tensor:
        """Items of shape (\\*user_ids.shape, \\*shape), each unchosen by the user of its row."""
        asked, user_ids = user_ids.device, user_ids.to(self._items.device)
        users = user_ids.view(*user_ids.shape, *[1] * len(shape)).expand(*user_ids.shape, *shape)
        unchosen = self._unchosen[users]
        free = unchosen > 0
        draw = torch.rand(users.shape, device=users.device, dtype=torch.float64)
        nth = (draw * torch.where(free, unchosen, self._count)).long()
        found = torch.searchsorted(
            self._gaps, (users * self._stride + nth).contiguous(), right=True
        )
        place = torch.where(free, nth + found - self._starts[users], nth)
        return self._items[place].to(asked)


@torch.no_grad()
def hardest(drawn: Tensor, score: Callable[[Tensor], Tensor]) -> Tensor:
    """The item (n, 1) that ``score`` puts highest in each row of ``drawn`` (n, k).

    No other item of a row has a gradient where only the highest counts, so that a loss needs the
    scores, with their gradients, of these alone.
    """
    return drawn.gather(1, score(drawn).argmax(dim=1, keepdim=True))


class PopularitySampler:
    """Draws items with a probability that grows with their popularity.

    Parameters
    ----------
    counts: tensor, shape (num_items,)
        How often each item was chosen; items with a negative count are never drawn.
    power: float
        0 draws uniformly, 1 as popular as the items are (Mikolov et al., 2013, use 0.75).
    """

    def __init__(self, counts: Tensor, power: float = 0.75) -> None:
        weights = torch.where(counts < 0, 0.0, (counts.double().clamp(min=0) + 1) ** power)
        probabilities = weights / weights.sum()
        self.log_q = probabilities.log().float()
        self._edges = probabilities.cumsum(0)

    def sample(self, count: int) -> Tensor:
        """``count`` item ids (int64); the log probability of item i is ``log_q[i]``."""
        draw = torch.rand(count, device=self._edges.device, dtype=torch.float64)
        return torch.searchsorted(self._edges, draw * self._edges[-1], right=True)

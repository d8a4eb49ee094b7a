"""Parts of the interactions that are held out in turn, and questions about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from recommender.learning.arrays import Array
from recommender.learning.interactions import Interactions

FOLDS = 5
_NEWEST = 0.1


@dataclass(frozen=True)
class HeldOut:
    """The other interactions; and histories, each with the item that came next, which is not
    among them."""

    train: Interactions
    histories: list[Array]
    targets: Array


def held_out(
    data: Interactions,
    times: Array,
    questions: int,
    random_state: np.random.RandomState,
    folds: int = FOLDS,
) -> Iterator[HeldOut]:
    """Hold out some of FOLDS folds of users, and the newest tenth of all interactions.

    ``data`` is in the order of users and ``times``. There are up to ``questions``
    in all; a sixth of them ask about the newest tenth, however many folds there are.
    """
    users = random_state.permutation(np.unique(data.user_ids))
    fold_of = np.zeros(data.num_users, np.int64)
    fold_of[users] = np.arange(len(users)) % FOLDS
    fold = fold_of[data.user_ids]
    late = times > np.quantile(times, 1 - _NEWEST, method="lower")
    of_late = questions // (FOLDS + 1)
    of_fold = (questions - of_late) // folds
    shares = [(fold == number, of_fold) for number in range(folds)]
    for inside, size in [*shares, (late, of_late)]:
        if inside.any() and not inside.all():
            yield HeldOut(data.take(~inside), *_draw(data, inside, size, random_state))


def _draw(
    data: Interactions, inside: Array, size: int, random_state: np.random.RandomState
) -> tuple[list[Array], Array]:
    """Up to ``size`` random questions whose answers are ``inside``, evenly over users."""
    users = data.user_ids
    starts = np.searchsorted(users, users)
    possible = np.flatnonzero(inside & (np.arange(len(users)) > starts))
    order = random_state.permutation(possible)
    nth = np.empty(len(order), np.int64)
    by_user = np.argsort(users[order], kind="stable")
    sizes = np.bincount(users[order])
    nth[by_user] = np.arange(len(order)) - (np.cumsum(sizes) - sizes)[users[order][by_user]]
    chosen = np.sort(order[np.argsort(nth, kind="stable")[:size]])
    histories = [data.item_ids[starts[row] : row] for row in chosen]
    return histories, data.item_ids[chosen]


def times_of(data: Interactions) -> Array:
    if data.timestamps is None:
        raise ValueError("timestamps must be given to learn what comes next, got None")
    return data.timestamps

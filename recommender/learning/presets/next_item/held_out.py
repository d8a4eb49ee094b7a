"""Parts of the interactions that are held out in turn, and questions about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.learning.arrays import Array
from recommender.learning.hashing import murmurhash3
from recommender.learning.interactions import Interactions

FOLDS = 5
_NEWEST = 0.1


@dataclass(frozen=True)
class HeldOut:
    """Which interactions (m,) are held out; and ``users`` (n,) with a history each, and the item
    that came next, which is one of those."""

    inside: NDArray[np.bool_]
    users: Array
    histories: list[Array]
    targets: Array


def held_out(
    data: Interactions,
    times: Array,
    questions: int,
    seed: int,
    folds: int = FOLDS,
) -> Iterator[HeldOut]:
    """Hold out some of FOLDS folds of users, and the newest tenth of all interactions.

    ``data`` is in the order of users and ``times``. There are up to ``questions``
    in all; a sixth of them ask about the newest tenth, however many folds there are. Folds and
    questions are drawn by a hash of ``seed``: more interactions leave them mostly what they were.
    """
    users = np.unique(data.user_ids)
    fold_of = np.zeros(data.num_users, np.int64)
    # As many users in each fold, which is worth more than that none ever changes folds.
    by_hash = users[np.argsort(murmurhash3(users, seed), kind="stable")]
    fold_of[by_hash] = np.arange(len(users)) % FOLDS
    fold = fold_of[data.user_ids]
    late = times > np.quantile(times, 1 - _NEWEST, method="lower")
    of_late = questions // (FOLDS + 1)
    of_fold = (questions - of_late) // folds
    shares = [(fold == number, of_fold) for number in range(folds)]
    for inside, size in [*shares, (late, of_late)]:
        if inside.any() and not inside.all():
            yield HeldOut(inside, *_draw(data, inside, size, seed))


def _draw(
    data: Interactions, inside: Array, size: int, seed: int
) -> tuple[Array, list[Array], Array]:
    """Up to ``size`` random questions whose answers are ``inside``, evenly over users."""
    users = data.user_ids
    starts = np.searchsorted(users, users)
    possible = np.flatnonzero(inside & (np.arange(len(users)) > starts))
    of_pair = murmurhash3(data.item_ids, 0) ^ murmurhash3(users, seed)
    order = possible[np.argsort(murmurhash3(of_pair[possible], seed), kind="stable")]
    nth = np.empty(len(order), np.int64)
    by_user = np.argsort(users[order], kind="stable")
    sizes = np.bincount(users[order])
    nth[by_user] = np.arange(len(order)) - (np.cumsum(sizes) - sizes)[users[order][by_user]]
    chosen = np.sort(order[np.argsort(nth, kind="stable")[:size]])
    histories = [data.item_ids[starts[row] : row] for row in chosen]
    return users[chosen], histories, data.item_ids[chosen]


def times_of(data: Interactions) -> Array:
    if data.timestamps is None:
        raise ValueError("timestamps must be given to learn what comes next, got None")
    return data.timestamps

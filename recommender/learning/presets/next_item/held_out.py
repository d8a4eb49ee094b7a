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
_MOST_USERS = 20_000


@dataclass(frozen=True)
class HeldOut:
    """Which interactions (m,) are held out as part ``number``; and ``users`` (n,) with a history
    each, and the item that came next, which is one of those."""

    number: int
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
    """Hold out some of FOLDS folds of users, and the newest tenth of all interactions, which is
    part FOLDS.

    There are no more than _MOST_USERS in all folds: what more of them would tell costs more than
    it is worth.
    ``data`` is in the order of users and ``times``. There are up to ``questions``
    in all; a sixth of them ask about the newest tenth, however many folds there are. Folds and
    questions are drawn by a hash of ``seed``: more interactions leave them mostly what they were.
    """
    users = data.user_ids[~_goes_on(data.user_ids)]
    fold_of = np.full(data.num_users, -1, np.int8)
    # As many users in each fold, which is worth more than that none ever changes folds.
    by_hash = users[np.argsort(murmurhash3(users, seed), kind="stable")][:_MOST_USERS]
    fold_of[by_hash] = np.arange(len(by_hash)) % FOLDS
    fold = fold_of[data.user_ids]
    late = times > np.quantile(times, 1 - _NEWEST, method="lower")
    of_late = questions // (FOLDS + 1)
    of_fold = (questions - of_late) // folds
    parts = [(number, fold == number, of_fold) for number in range(folds)]
    for number, inside, size in [*parts, (FOLDS, late, of_late)]:
        if inside.any() and not inside.all():
            yield HeldOut(number, inside, *_draw(data, inside, size, seed))


def _draw(
    data: Interactions, inside: Array, size: int, seed: int
) -> tuple[Array, list[Array], Array]:
    """Up to ``size`` random questions whose answers are ``inside``, evenly over users."""
    users = data.user_ids
    possible = np.flatnonzero(inside & _goes_on(users))
    of_pair = murmurhash3(data.item_ids[possible], 0) ^ murmurhash3(users[possible], seed)
    order = possible[np.argsort(murmurhash3(of_pair, seed), kind="stable")]
    nth = np.empty(len(order), np.int64)
    by_user = np.argsort(users[order], kind="stable")
    sizes = np.bincount(users[order])
    nth[by_user] = np.arange(len(order)) - (np.cumsum(sizes) - sizes)[users[order][by_user]]
    chosen = np.sort(order[np.argsort(nth, kind="stable")[:size]])
    starts = np.searchsorted(users, users[chosen])
    parts = zip(starts.tolist(), chosen.tolist(), strict=True)
    histories = [data.item_ids[start:stop] for start, stop in parts]
    return users[chosen], histories, data.item_ids[chosen]


def _goes_on(users: Array) -> NDArray[np.bool_]:
    """Where an interaction, in the order of users, is not the first of its user: (n,)."""
    result = np.zeros(len(users), bool)
    np.equal(users[1:], users[:-1], out=result[1:])
    return result


def times_of(data: Interactions) -> Array:
    if data.timestamps is None:
        raise ValueError("timestamps must be given to learn what comes next, got None")
    return data.timestamps

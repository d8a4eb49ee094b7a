"""Splits into training and testing. Numpy only.

Every split keeps the declared numbers of users and items, and never puts one interaction into
both parts.
"""

from __future__ import annotations

from typing import Literal, overload

import numpy as np
from numpy.typing import NDArray

from recommender.learning.hashing import murmurhash3
from recommender.learning.interactions import Interactions
from recommender.learning.validation import SeedLike, as_random_state, check_fraction


def shuffle_interactions(interactions: Interactions, random_state: SeedLike = None) -> Interactions:
    """The same interactions in random order."""
    order = np.arange(len(interactions))
    as_random_state(random_state).shuffle(order)
    return interactions.take(order)


def random_train_test_split(
    interactions: Interactions,
    test_percentage: float = 0.2,
    random_state: SeedLike = None,
) -> tuple[Interactions, Interactions]:
    """Put a random ``test_percentage`` (a fraction from 0 to 1) of the interactions aside.

    The same seed gives the same split as Spotlight. Returns ``(train, test)``.
    """
    check_fraction("test_percentage", test_percentage)
    shuffled = shuffle_interactions(interactions, random_state)
    cutoff = int((1.0 - test_percentage) * len(shuffled))
    return shuffled.take(slice(None, cutoff)), shuffled.take(slice(cutoff, None))


def user_based_train_test_split(
    interactions: Interactions,
    test_percentage: float = 0.2,
    random_state: SeedLike = None,
) -> tuple[Interactions, Interactions]:
    """Put all interactions of about ``test_percentage`` of the users aside.

    A user is in the test when the MurmurHash3 of the id, in hundredths, is below the percentage;
    the same seed gives the same split as Spotlight. Returns ``(train, test)``.
    """
    check_fraction("test_percentage", test_percentage)
    largest = np.iinfo(np.uint32).max
    seed = as_random_state(random_state).randint(0, largest, dtype=np.int64)
    hashes = murmurhash3(interactions.user_ids, int(seed))
    in_test = (hashes % 100) / 100.0 < test_percentage
    return interactions.take(~in_test), interactions.take(in_test)


@overload
def leave_one_out_split(
    interactions: Interactions, min_interactions: int = 5, *, validation: Literal[False] = False
) -> tuple[Interactions, Interactions]: ...


@overload
def leave_one_out_split(
    interactions: Interactions, min_interactions: int = 5, *, validation: Literal[True]
) -> tuple[Interactions, Interactions, Interactions]: ...


def leave_one_out_split(
    interactions: Interactions, min_interactions: int = 5, *, validation: bool = False
) -> tuple[Interactions, ...]:
    """Put the newest interaction of each user with enough of them aside.

    Newest means last when sorted stably by user, time and original row. Users with fewer than
    ``min_interactions`` stay in training whole. With ``validation``, the interaction before the
    newest is put aside too.

    Returns ``(train, test)``, or ``(train, validation, test)``; the parts are in time order.
    Raises ``ValueError`` when there are no timestamps.
    """
    held_out = 2 if validation else 1
    if min_interactions < held_out:
        raise ValueError(f"min_interactions must be at least {held_out}, got {min_interactions}")
    order = interactions.time_order()
    users = interactions.user_ids[order]
    counts = np.bincount(users, minlength=interactions.num_users)
    nth_from_end = np.cumsum(counts)[users] - 1 - np.arange(len(users))
    nth_from_end[counts[users] < min_interactions] = held_out
    test = interactions.take(order[nth_from_end == 0])
    train = interactions.take(order[nth_from_end >= held_out])
    if not validation:
        return train, test
    return train, interactions.take(order[nth_from_end == 1]), test


def temporal_train_test_split(
    interactions: Interactions, test_percentage: float = 0.1
) -> tuple[Interactions, Interactions]:
    """Train on the past, test on the newest ``test_percentage`` of all interactions.

    Sorted stably by time, ties in their original order. Returns ``(train, test)``. Raises
    ``ValueError`` when there are no timestamps.
    """
    check_fraction("test_percentage", test_percentage)
    if interactions.timestamps is None:
        raise ValueError("timestamps must be given to split by time, got None")
    order = np.argsort(interactions.timestamps, kind="stable")
    cutoff = int((1.0 - test_percentage) * len(order))
    return interactions.take(order[:cutoff]), interactions.take(order[cutoff:])


def concatenate(first: Interactions, *others: Interactions) -> Interactions:
    """All interactions of several parts, with the sizes and features of the first.

    A column is kept when every part has it. Raises ``ValueError`` when the parts declare
    different numbers of users or items.
    """
    parts = (first, *others)
    for part in others:
        if (part.num_users, part.num_items) != (first.num_users, first.num_items):
            raise ValueError(f"others must have the sizes of {first!r}, got {part!r}")

    def joined(name: str) -> NDArray | None:
        columns = [getattr(part, name) for part in parts]
        return None if any(column is None for column in columns) else np.concatenate(columns)

    return Interactions(
        np.concatenate([part.user_ids for part in parts]),
        np.concatenate([part.item_ids for part in parts]),
        ratings=joined("ratings"),
        timestamps=joined("timestamps"),
        weights=joined("weights"),
        num_users=first.num_users,
        num_items=first.num_items,
        user_features=first.user_features,
        item_features=first.item_features,
        context_features=joined("context_features"),
    )

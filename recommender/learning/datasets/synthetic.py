"""Made-up interactions whose structure is known."""

from __future__ import annotations

import numpy as np

from recommender.learning.interactions import Interactions
from recommender.learning.validation import SeedLike, as_random_state, check_positive


def generate_sequential(
    num_users: int = 100,
    num_items: int = 1000,
    num_interactions: int = 10000,
    concentration_parameter: float = 0.1,
    order: int = 3,
    random_state: SeedLike = None,
) -> Interactions:
    """Walks of users through a Markov chain over items 1 to ``num_items - 1``.

    The next item is drawn from the mean of the transition probabilities of the last ``order``
    items, whose rows are Dirichlet distributed.

    Parameters
    ----------
    concentration_parameter: float
        Small values concentrate each item's transitions on few items: easy to predict. Large ones
        make the next item nearly random.
    order: int
        How many items back the next one depends on.

    Returns
    -------
    Interactions with ratings of 1 and ascending timestamps.

    Raises
    ------
    ValueError
        Naming the argument and the value.
    """
    for name, value in (
        ("num_users", num_users),
        ("num_interactions", num_interactions),
        ("concentration_parameter", concentration_parameter),
        ("order", order),
    ):
        check_positive(name, value)
    if num_items < 2:
        raise ValueError(f"num_items must be at least 2, as item 0 is padding, got {num_items}")
    state = as_random_state(random_state)
    items = num_items - 1
    transitions = np.cumsum(
        state.dirichlet(np.full(items, concentration_parameter), size=items), axis=1
    )
    user_ids = np.sort(state.randint(0, num_users, num_interactions))
    starts = np.flatnonzero(np.diff(user_ids, prepend=-1))
    item_ids = np.empty(num_interactions, np.int64)
    for start, stop in zip(starts, [*starts[1:], num_interactions], strict=True):
        item_ids[start:stop] = _walk(transitions, int(stop - start), order, state)
    return Interactions(
        user_ids,
        item_ids + 1,
        ratings=np.ones(num_interactions),
        timestamps=np.arange(num_interactions),
        num_users=num_users,
        num_items=num_items,
    )


def generate_ratings(
    num_users: int = 200,
    num_items: int = 100,
    num_interactions: int = 8000,
    embedding_dim: int = 2,
    noise: float = 0.2,
    random_state: SeedLike = None,
) -> Interactions:
    """Ratings around 3 from hidden vectors and biases, with normal ``noise``; each pair once.

    Raises ``ValueError`` when there are fewer pairs than interactions.
    """
    if num_interactions > num_users * num_items:
        raise ValueError(
            f"num_interactions must be at most {num_users * num_items}, got {num_interactions}"
        )
    state = as_random_state(random_state)
    pairs = state.permutation(num_users * num_items)[:num_interactions]
    user_ids, item_ids = np.divmod(pairs, num_items)
    users = state.normal(0, 1, (num_users, embedding_dim))
    items = state.normal(0, 1, (num_items, embedding_dim))
    biases = state.normal(0, 0.5, num_items)
    ratings = 3 + biases[item_ids] + (users[user_ids] * items[item_ids]).sum(axis=1)
    return Interactions(
        user_ids,
        item_ids,
        ratings=ratings + state.normal(0, noise, num_interactions),
        timestamps=np.arange(num_interactions),
        num_users=num_users,
        num_items=num_items,
    )


def _walk(
    transitions: np.ndarray, steps: int, order: int, state: np.random.RandomState
) -> np.ndarray:
    """One user's items from 0; ``transitions`` are cumulative per row."""
    walk = np.empty(steps, np.int64)
    walk[0] = state.randint(len(transitions))
    for step in range(1, steps):
        # A draw from the mean of several distributions is a draw from one of them, picked evenly.
        back = state.randint(1, min(order, step) + 1)
        row = transitions[walk[step - back]]
        drawn = np.searchsorted(row, state.rand() * row[-1], side="right")
        walk[step] = min(drawn, len(row) - 1)
    return walk

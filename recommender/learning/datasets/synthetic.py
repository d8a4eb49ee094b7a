"""Made-up interactions whose structure is known."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

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
    """One walk through a Markov chain over items 1 to ``num_items - 1``, cut up among users.

    The next item is drawn from the mean of the transition probabilities of the last ``order``
    items. Those of one item are Dirichlet distributed, then rescaled so that in the long run all
    items are met equally often. A seed gives the interactions that it gives in Spotlight.

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
    transitions = state.dirichlet(np.full(items, concentration_parameter), size=items)
    user_ids = np.sort(state.randint(0, num_users, num_interactions, dtype=np.int32))
    draws = state.rand(num_interactions)
    start = state.randint(items, size=order, dtype=np.int64)
    item_ids = _walk(_doubly_stochastic(transitions), draws, start)
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


def _doubly_stochastic(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rescaled until rows and columns add up to one (Sinkhorn and Knopp, 1967), or nearly."""
    tiny = np.finfo(float).tiny
    for _ in range(100):
        if (
            np.abs(matrix.sum(axis=0) - 1).max() < 1e-3
            and np.abs(matrix.sum(axis=1) - 1).max() < 1e-3
        ):
            break
        matrix = matrix / np.maximum(matrix.sum(axis=0), tiny)
        matrix = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), tiny)
    return matrix


def _walk(
    transitions: NDArray[np.float64], draws: NDArray[np.float64], start: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The states, from 0, that uniform ``draws`` lead to, where ``start`` came before."""
    cumulative = np.cumsum(transitions, axis=1)
    recent = deque(start.tolist(), maxlen=len(start))
    walk = np.empty(len(draws), np.int64)
    for step, draw in enumerate(draws):
        edges = cumulative[list(recent)].mean(axis=0)
        walk[step] = min(np.searchsorted(edges, draw), len(edges) - 1)
        recent.append(walk[step])
    return walk

"""Small made-up data sets whose structure a model must find."""

import numpy as np

from recommender.learning.cross_validation import (
    random_train_test_split,
    user_based_train_test_split,
)
from recommender.learning.datasets.synthetic import generate_ratings, generate_sequential
from recommender.learning.interactions import Interactions, SequenceInteractions


def checkerboard(users: int = 40, items: int = 21, share: float = 0.5) -> Interactions:
    """Even users choose even items and odd users odd ones; item 0 nobody."""
    state = np.random.RandomState(0)
    pairs = [
        (user, item)
        for user in range(users)
        for item in range(1, items)
        if user % 2 == item % 2 and state.rand() < share
    ]
    user_ids, item_ids = np.array(pairs).T
    return Interactions(user_ids, item_ids, num_users=users, num_items=items)


def own_side(data: Interactions, scores: np.ndarray) -> float:
    """How often the best unseen item of a checkerboard is of the user's own colour.

    By chance about a third: five of the fifteen items that a user has not seen.
    """
    scores = scores.copy()
    scores[data.user_ids, data.item_ids] = -np.inf
    scores[:, 0] = -np.inf
    return float((scores.argmax(axis=1) % 2 == np.arange(len(scores)) % 2).mean())


def ratings() -> tuple[Interactions, Interactions]:
    """Ratings of known structure, split."""
    return random_train_test_split(generate_ratings(random_state=1), random_state=2)


def walks(items: int = 30, steps: int = 4000) -> tuple[SequenceInteractions, SequenceInteractions]:
    """Walks in which each item is nearly always followed by one of few, split by user."""
    data = generate_sequential(
        num_users=80,
        num_items=items,
        num_interactions=steps,
        concentration_parameter=0.01,
        order=1,
        random_state=0,
    )
    in_test = data.user_ids >= 64
    return (
        data.take(~in_test).to_sequence(max_sequence_length=8),
        data.take(in_test).to_sequence(max_sequence_length=8, min_sequence_length=2),
    )


def dense_walks(
    seed: int, steps: int = 10_000
) -> tuple[SequenceInteractions, SequenceInteractions]:
    """The walks of Spotlight's own tests: a user meets most of the 99 items, and some often."""
    state = np.random.RandomState(seed)
    data = generate_sequential(100, 100, steps, 1e-3, 2, random_state=state)
    train, test = user_based_train_test_split(data, random_state=state)
    return train.to_sequence(), test.to_sequence()

"""Users who walk around a circle, each in steps of one size: neighbours alone cannot tell which."""

import numpy as np

from recommender.learning.interactions import Interactions
from recommender.learning.presets.next_item.neural.recipe import Recipe

ITEMS = 41
QUICK = Recipe(dim=32, most_epochs=12, batch=256, window=8, dropout=0.1, learning_rate=3e-3)


def strides(users=500, length=10, seed=0):
    random_state = np.random.RandomState(seed)
    steps = random_state.choice([1, 3, 7, 12], users)
    starts = random_state.randint(0, ITEMS, users)
    items = (starts[:, None] + steps[:, None] * np.arange(length)) % ITEMS + 1
    times = np.arange(users)[:, None] * 3 + np.arange(length) * 100
    return Interactions(
        np.repeat(np.arange(users), length),
        items.ravel(),
        timestamps=times.ravel(),
        num_items=ITEMS + 1,
    )

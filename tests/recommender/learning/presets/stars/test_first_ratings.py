"""Items that nobody has rated: foreseen as the others were at their first rating."""

import numpy as np

from recommender.learning import presets
from recommender.learning.interactions import Interactions

USERS, RATED, NEW = 150, 200, 20


def popular_is_good(seed: int = 0) -> tuple[Interactions, np.ndarray]:
    """Good items are rated often, bad ones once or twice; ``NEW`` items not at all."""
    random = np.random.default_rng(seed)
    quality = random.normal(0, 0.7, RATED)
    chance = np.exp(1.5 * quality)
    counts = np.clip(np.round(20 * chance), 1, USERS).astype(int)
    users = np.concatenate([random.permutation(USERS)[:count] for count in counts])
    items = np.repeat(np.arange(1, RATED + 1), counts)
    stars = 3.4 + quality[items - 1] + random.normal(0, 0.5, len(items))
    order = random.permutation(len(items))
    data = Interactions(
        users[order],
        items[order],
        ratings=np.clip(np.round(2 * stars[order]) / 2, 0.5, 5).astype(np.float32),
        timestamps=np.arange(len(items)),
        num_users=USERS,
        num_items=1 + RATED + NEW,
    )
    return data, quality


def test_new_items_are_foreseen_as_others_were_at_their_first_rating() -> None:
    """Not as those are that nobody wanted to rate a second time."""
    data, quality = popular_is_good()
    model = presets.explicit(random_state=0, device="cpu").fit(data)
    new = np.arange(1 + RATED, 1 + RATED + NEW)
    foreseen = model.predict(np.arange(USERS)).mean(axis=0)
    _, first = np.unique(data.item_ids, return_index=True)
    at_first = float(data.ratings[first].mean())
    seldom = np.bincount(data.item_ids, minlength=data.num_items)[1 : RATED + 1] <= 8
    assert abs(foreseen[new].mean() - at_first) < 0.15
    assert foreseen[new].mean() > foreseen[1 : RATED + 1][seldom].mean() + 0.3
    assert abs(at_first - 3.4 - quality.mean()) < 0.15, "the world is as it is described"


def test_items_of_a_kind_are_foreseen_by_their_kind() -> None:
    """A feature that made first ratings high makes a new item look better."""
    data, quality = popular_is_good()
    kind = np.zeros((data.num_items, 1), np.float32)
    kind[1 : RATED + 1, 0] = quality > 0.3
    kind[1 + RATED : 1 + RATED + NEW // 2, 0] = 1
    model = presets.explicit(random_state=0, device="cpu").fit(data, item_features=kind)
    foreseen = model.predict(np.arange(USERS)).mean(axis=0)[1 + RATED :]
    assert foreseen[: NEW // 2].mean() > foreseen[NEW // 2 :].mean() + 0.2

"""How often an item will be chosen that nobody has met."""

import numpy as np

from recommender.learning.interactions import Interactions
from recommender.learning.presets.next_item.content import content_popularity


def interactions(features: np.ndarray | None) -> Interactions:
    """Items 1 to 20 are of a popular kind, 21 to 40 of another; 41 and 42 are new ones of each."""
    random = np.random.default_rng(0)
    items = np.concatenate([random.integers(1, 21, 900), random.integers(21, 41, 100)])
    order = random.permutation(len(items))
    return Interactions(
        np.arange(len(items)) % 50,
        items[order],
        timestamps=np.arange(len(items)),
        num_items=43,
        item_features=features,
    )


def kinds() -> np.ndarray:
    features = np.zeros((43, 2), np.float32)
    features[[*range(1, 21), 41], 0] = 1
    features[[*range(21, 41), 42], 1] = 1
    return features


def test_items_are_foreseen_as_often_chosen_as_others_of_their_kind() -> None:
    learned = content_popularity(interactions(kinds()))
    assert learned is not None
    popular, other = learned[0] + learned[1:]
    assert 1.5 < popular - other < np.log(900 / 100) + 0.5


def test_new_items_together_get_no_more_than_first_meetings_lately() -> None:
    learned = content_popularity(interactions(kinds()))
    assert learned is not None
    assert np.exp(learned[0] + learned[1:]).sum() <= 0.01 + 1e-6, "nothing was met first lately"


def test_without_features_nothing_is_learned() -> None:
    assert content_popularity(interactions(None)) is None


def met_late(oftener: int) -> Interactions:
    """As above, then sixty items of each kind that are new: one kind is chosen oftener."""
    random = np.random.default_rng(1)
    known = np.concatenate([random.integers(1, 21, 900), random.integers(21, 41, 100)])
    late = np.concatenate([np.arange(43, 163), *[np.arange(43, 163)[oftener::2]] * 2])
    features = np.vstack([kinds(), np.tile(np.eye(2, dtype=np.float32), (60, 1))])
    items = np.concatenate([random.permutation(known), random.permutation(late)])
    return Interactions(
        np.arange(len(items)) % 50,
        items,
        timestamps=np.arange(len(items)),
        num_items=163,
        item_features=features,
    )


def test_features_that_misled_about_the_items_met_last_tell_nothing() -> None:
    right, wrong = content_popularity(met_late(0)), content_popularity(met_late(1))
    assert right is not None
    assert wrong is not None
    assert right[1] > right[2] + 1
    assert wrong[1] == wrong[2] == 0

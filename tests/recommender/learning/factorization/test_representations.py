"""Side and context features: what they teach, and what they are for cold items."""

import numpy as np
import pytest

from recommender.learning.cross_validation import random_train_test_split
from recommender.learning.evaluation import rmse_score
from recommender.learning.factorization.explicit import ExplicitFactorizationModel
from recommender.learning.factorization.implicit import ImplicitFactorizationModel
from recommender.learning.interactions import Interactions
from tests.recommender.learning.toys import checkerboard

QUICK = {"embedding_dim": 4, "n_iter": 40, "learning_rate": 0.03, "random_state": 0}
COLOUR = np.eye(2)[np.arange(21) % 2]


def colours_without(cold: list[int], features: np.ndarray | None) -> Interactions:
    data = checkerboard()
    known = data.take(~np.isin(data.item_ids, cold))
    return Interactions(
        known.user_ids,
        known.item_ids,
        ratings=known.item_ids % 2 * 4,
        num_users=40,
        num_items=21,
        item_features=features,
    )


@pytest.mark.parametrize("loss", ["bpr", "adaptive_hinge"])
def test_an_item_that_nobody_met_is_recommended_by_its_features(loss):
    cold = [5, 6, 11, 12]
    data = colours_without(cold, COLOUR)
    model = ImplicitFactorizationModel(loss=loss, **QUICK, device="cpu").fit(data)
    scores = model.predict(np.arange(40))[:, cold]
    own = np.arange(40)[:, None] % 2 == np.array(cold) % 2
    assert scores[own].mean() > scores[~own].mean() + 1
    assert ((scores[:, ::2].mean(1) > scores[:, 1::2].mean(1)) == own[:, 0]).mean() > 0.9


def test_a_cold_rating_is_predicted_from_features():
    data = colours_without([5, 6], COLOUR)
    model = ExplicitFactorizationModel(**QUICK, device="cpu").fit(data)
    predicted = model.predict(np.arange(40))
    # Odd items have 4 stars, from odd users, and even items none, from even users.
    assert predicted[1::2, 5].mean() > 2
    assert predicted[::2, 6].mean() < 1.5


def test_user_features_serve_users_without_items():
    data = checkerboard()
    known = data.take(data.user_ids < 36)
    cold = Interactions(
        known.user_ids,
        known.item_ids,
        num_users=40,
        num_items=21,
        user_features=np.eye(2)[np.arange(40) % 2],
    )
    model = ImplicitFactorizationModel(loss="bpr", **QUICK, device="cpu").fit(cold)
    scores = model.predict([36, 37, 38, 39])
    for row, user in zip(scores, range(36, 40), strict=True):
        assert row[2 - user % 2 :: 2].mean() > row[1 + user % 2 :: 2].mean()


def test_the_moment_changes_a_prediction():
    state = np.random.RandomState(0)
    users, items = np.divmod(np.arange(1200), 40)
    weekend = state.randint(0, 2, 1200).astype(float)
    liking = np.where(items % 2, 1.0, -1.0)
    data = Interactions(
        users, items, ratings=3 + weekend * liking, context_features=weekend[:, None]
    )
    train, test = random_train_test_split(data, random_state=0)
    model = ExplicitFactorizationModel(**QUICK, device="cpu").fit(train)
    told = model.predict(test.user_ids, test.item_ids, test.context_features)
    assert np.sqrt(((told - test.ratings) ** 2).mean()) < 0.3
    assert rmse_score(model, test) > 0.5
    assert model.predict(0, context_features=[1.0]).shape == (40,)
    with pytest.raises(ValueError, match="context_features must have 2 rows, got 3"):
        model.predict([0, 1], [0, 1], [[1.0], [1.0], [1.0]])


def test_features_are_saved_with_the_model(tmp_path):
    data = colours_without([5, 6], COLOUR)
    model = ImplicitFactorizationModel(**{**QUICK, "n_iter": 2}, device="cpu").fit(data)
    model.save(tmp_path)
    loaded = ImplicitFactorizationModel.load(tmp_path, device="cpu")
    np.testing.assert_array_equal(loaded.predict(3), model.predict(3))


def test_new_items_come_with_features():
    data = colours_without([], COLOUR)
    model = ImplicitFactorizationModel(loss="bpr", **QUICK, device="cpu").fit(data)
    larger = Interactions(
        data.user_ids,
        data.item_ids,
        num_users=40,
        num_items=23,
        item_features=np.eye(2)[np.arange(23) % 2],
    )
    model._n_iter = 0
    scores = model.fit(larger).predict(np.arange(40))
    assert (scores[1::2, 21] > scores[1::2, 22]).mean() > 0.9
    assert (scores[::2, 21] < scores[::2, 22]).mean() > 0.9

"""Each factorization model finds the structure that is in made-up data."""

import numpy as np
import pytest
import torch

from recommender.learning.datasets.synthetic import generate_ratings
from recommender.learning.evaluation import mrr_score, rmse_score
from recommender.learning.factorization.als import ImplicitALSModel
from recommender.learning.factorization.explicit import ExplicitFactorizationModel
from recommender.learning.factorization.implicit import ImplicitFactorizationModel
from recommender.learning.factorization.representations import BilinearNet
from recommender.learning.interactions import Interactions
from recommender.learning.layers import BloomEmbedding
from tests.recommender.learning.toys import checkerboard, own_side, ratings

QUICK = {
    "embedding_dim": 8,
    "n_iter": 20,
    "batch_size": 256,
    "learning_rate": 0.03,
    "random_state": 0,
    "device": "cpu",
}


@pytest.mark.parametrize("sparse", [False, True])
def test_ratings_are_learned(sparse):
    train, test = ratings()
    model = ExplicitFactorizationModel(**QUICK, l2=1e-4, sparse=sparse)
    model.fit(train)
    constant = float(np.sqrt(((test.ratings - train.ratings.mean()) ** 2).mean()))
    assert rmse_score(model, test) < 0.4 * constant
    assert model.history[-1].loss < model.history[0].loss / 10


def test_counts_are_learned():
    state = np.random.RandomState(0)
    users, items = np.divmod(np.arange(600), 20)
    mean = np.exp(state.normal(0, 0.5, 30)[users] + state.normal(1, 0.7, 20)[items])
    data = Interactions(users, items, ratings=state.poisson(mean))
    model = ExplicitFactorizationModel(loss="poisson", **{**QUICK, "n_iter": 40}).fit(data)
    predicted = model.predict(users, items)
    assert predicted.min() > 0
    assert np.abs(predicted - mean).mean() < 0.7 * np.abs(mean.mean() - mean).mean()


@pytest.mark.parametrize("dislike", [0, -1])
def test_likes_are_learned(dislike):
    users, items = np.divmod(np.arange(400), 20)
    likes = np.where(users % 2 == items % 2, 1, dislike)
    data = Interactions(users, items, ratings=likes)
    model = ExplicitFactorizationModel(loss="logistic", **{**QUICK, "n_iter": 40}).fit(data)
    chances = model.predict(users, items)
    assert chances[likes == 1].min() > 0.8
    assert chances[likes == dislike].max() < 0.2


@pytest.mark.parametrize("loss", ImplicitFactorizationModel.losses)
def test_choices_are_learned(loss):
    data = checkerboard()
    model = ImplicitFactorizationModel(loss=loss, **{**QUICK, "n_iter": 30}).fit(data)
    assert own_side(data, model.predict(np.arange(40))) > 0.75


def test_alternating_least_squares_learns_choices():
    data = checkerboard()
    model = ImplicitALSModel(embedding_dim=4, n_iter=5, l2=0.01, random_state=0, device="cpu")
    model.fit(data)
    assert own_side(data, model.predict(np.arange(40))) > 0.95
    assert model.history[-1].loss < model.history[0].loss


@pytest.mark.parametrize("bag", [False, True])
def test_hashed_tables_learn_too(bag):
    train, test = ratings()
    torch.manual_seed(0)
    hashed = BloomEmbedding(
        train.num_items, 8, compression_ratio=0.9, num_hash_functions=4, bag=bag, padding_idx=None
    )
    net = BilinearNet(train.num_users, train.num_items, 8, item_embedding_layer=hashed)
    model = ExplicitFactorizationModel(**QUICK, representation=net).fit(train)
    assert rmse_score(model, test) < 0.7 * test.ratings.std()


def test_a_ranking_beats_chance():
    data = checkerboard(share=1.0)
    held_out = np.random.RandomState(1).rand(len(data)) < 0.2
    train, test = data.take(~held_out), data.take(held_out)
    model = ImplicitFactorizationModel(loss="bpr", **{**QUICK, "n_iter": 30}).fit(train)
    # Among the 12 to 13 unseen items, by chance; the right colour has two or three of them.
    chance = np.mean([1 / rank for rank in range(1, 14)])
    assert mrr_score(model, test, train).mean() > 1.5 * chance


def test_weights_decide_between_contradictions():
    users, items = np.divmod(np.arange(200), 10)
    twice = np.concatenate([users, users]), np.concatenate([items, items])
    said = np.concatenate([np.full(200, 5.0), np.full(200, 1.0)])
    trusted = Interactions(*twice, ratings=said, weights=np.repeat([1.0, 0.0], 200))
    model = ExplicitFactorizationModel(**{**QUICK, "n_iter": 40}).fit(trusted)
    assert np.abs(model.predict(users, items) - 5).max() < 0.5


@pytest.mark.parametrize("kind", ["descent", "als"])
def test_weights_count_for_choices_too(kind):
    data, users = checkerboard(), np.arange(40)
    makers = {
        "descent": lambda: ImplicitFactorizationModel(loss="bpr", **{**QUICK, "n_iter": 40}),
        "als": lambda: ImplicitALSModel(embedding_dim=4, n_iter=5, random_state=0, device="cpu"),
    }
    scores = []
    for weight in (0.0, 1.0):
        # Everybody also chooses the first item of the other colour.
        with_wrong = Interactions(
            np.append(data.user_ids, users),
            np.append(data.item_ids, users % 2 + 1),
            weights=np.append(np.ones(len(data)), np.full(40, weight)),
            num_users=40,
            num_items=21,
        )
        predicted = makers[kind]().fit(with_wrong).predict(users)
        scores.append((predicted[users, users % 2 + 1] - predicted.mean(axis=1)).mean())
    assert scores[0] < scores[1] - 0.3


@pytest.mark.parametrize("dim", [2, 3, 12])
def test_alternating_least_squares_minimises_what_it_says(dim):
    """Each row is the minimum given the other side, found by a dense solve in double precision.

    More dimensions than choices, or fewer: either system is solved, and must be the same.
    """
    data = checkerboard(users=6, items=9)
    model = ImplicitALSModel(dim, 2, 0.01, 0.2, random_state=0, device="cpu").fit(data)
    users, items = (table.weight.detach().numpy().astype(float) for table in model._net.tables())

    def row(fixed, chosen):
        penalty = 0.01 * (len(chosen) + 0.2 * len(fixed))
        curvature = 0.2 * fixed.T @ fixed + penalty * np.eye(dim) + fixed[chosen].T @ fixed[chosen]
        return np.linalg.solve(curvature, fixed[chosen].sum(axis=0))

    for item in range(9):  # The items were solved last.
        expected = row(users, data.user_ids[data.item_ids == item])
        np.testing.assert_allclose(items[item], expected, atol=1e-4)
    for user in range(6):
        chosen = data.item_ids[data.user_ids == user]
        expected = items @ row(items, chosen)
        np.testing.assert_allclose(model.predict(model.fold_in(chosen)), expected, atol=1e-5)


def test_made_up_ratings_need_room():
    with pytest.raises(ValueError, match="num_interactions must be at most 6, got 7"):
        generate_ratings(num_users=2, num_items=3, num_interactions=7)

"""Users who were not in training get a place among those who were."""

import numpy as np
import pytest

from recommender.learning.datasets.synthetic import generate_ratings
from recommender.learning.factorization.explicit import ExplicitFactorizationModel
from recommender.learning.factorization.implicit import ImplicitFactorizationModel
from recommender.learning.foldin import Prior, solve_user
from recommender.learning.interactions import Interactions
from tests.recommender.learning.toys import checkerboard

QUICK = {"embedding_dim": 4, "n_iter": 30, "learning_rate": 0.02, "random_state": 0}


def test_a_new_user_of_known_taste_is_predicted_better_than_the_average_one():
    data = generate_ratings(random_state=0)
    new = data.user_ids >= 180
    model = ExplicitFactorizationModel(**QUICK, device="cpu").fit(data.take(~new))
    nobody = model.predict(model.fold_in([], []))
    folded, average = [], []
    for user in range(180, 200):
        own = np.flatnonzero(data.user_ids == user)
        asked, told = own[:10], own[10:]
        placed = model.fold_in(data.item_ids[told], data.ratings[told])
        truth, items = data.ratings[asked], data.item_ids[asked]
        folded.append((model.predict(placed, items) - truth) ** 2)
        average.append((nobody[items] - truth) ** 2)
    assert np.mean(folded) < 0.3 * np.mean(average)


def test_the_closed_form_is_the_most_probable_user():
    state = np.random.RandomState(0)
    design, targets, offsets = state.rand(9, 3), state.rand(9), state.rand(9)
    prior = Prior(state.rand(3), state.rand(3))

    def loss(user):
        misses = targets - offsets - design @ user
        return (misses**2).sum() + (prior.precision * (user - prior.mean) ** 2).sum()

    best = solve_user(design, targets, offsets, prior)
    assert all(loss(best) < loss(best + state.normal(0, 0.01, 3)) for _ in range(50))


@pytest.mark.parametrize("link", ["log", "logit"])
def test_other_links_are_solved_to_their_optimum(link):
    state = np.random.RandomState(0)
    design, offsets = state.normal(0, 2, (9, 3)), state.rand(9)
    targets = state.poisson(3, 9) if link == "log" else state.randint(0, 2, 9)
    prior = Prior(np.zeros(3), np.full(3, 0.5))

    def loss(user):
        fitted = offsets + design @ user
        if link == "log":
            likelihood = targets * fitted - np.exp(fitted)
        else:
            likelihood = targets * fitted - np.logaddexp(0, fitted)
        return 0.5 * (prior.precision * user**2).sum() - likelihood.sum()

    best = solve_user(design, targets.astype(float), offsets, prior, link)
    assert all(loss(best) < loss(best + state.normal(0, 0.01, 3)) for _ in range(50))


@pytest.mark.parametrize("loss", ["bpr", "warp"])
def test_a_new_user_of_choices_gets_the_own_colour(loss):
    data = checkerboard(users=60)
    model = ImplicitFactorizationModel(loss=loss, **{**QUICK, "n_iter": 60}, device="cpu").fit(data)
    right = []
    for colour in (0, 1):
        for state in map(np.random.RandomState, range(8)):
            own = state.permutation(np.arange(2 - colour, 21, 2))
            scores = model.predict(model.fold_in(own[:6]))
            right.append(scores[own[6:]].mean() > np.delete(scores, [0, *own]).mean())
    assert np.mean(right) > 0.9


def test_without_items_a_new_user_is_the_average_one():
    data = checkerboard()
    model = ImplicitFactorizationModel(loss="bpr", **QUICK, device="cpu").fit(data)
    everybody = model.predict(np.arange(40)).mean(axis=0)
    np.testing.assert_allclose(model.predict(model.fold_in([])), everybody, atol=1e-4)


def test_bad_histories_are_named():
    data = checkerboard()
    rated = Interactions(data.user_ids, data.item_ids, ratings=np.ones(len(data)))
    model = ExplicitFactorizationModel(**{**QUICK, "n_iter": 1}, device="cpu").fit(rated)
    with pytest.raises(ValueError, match="ratings must be given to fold in"):
        model.fold_in([1])
    with pytest.raises(ValueError, match=r"ratings must have shape \(1,\), as item_ids has"):
        model.fold_in([1], [1, 2])
    with pytest.raises(ValueError, match="ratings must be finite, got nan"):
        model.fold_in([1], [np.nan])

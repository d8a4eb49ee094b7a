"""What every model of the library keeps to: one score a pair, whole ids, and checked data."""

import numpy as np
import pytest

from recommender.learning.evaluation import ranking_scores, sequence_ranking_scores
from recommender.learning.factorization.als import ImplicitALSModel
from recommender.learning.factorization.explicit import ExplicitFactorizationModel
from recommender.learning.factorization.implicit import ImplicitFactorizationModel
from recommender.learning.interactions import Interactions
from recommender.learning.presets import make as presets
from recommender.learning.sequence.implicit import ImplicitSequenceModel
from tests.recommender.learning.conftest import one_thread

__all__ = ["one_thread"]

USERS, ITEMS = 30, 101
ASKED = np.array([7, 100, 7, 1, 55])
QUICK = {"n_iter": 2, "random_state": 0, "device": "cpu"}
USER_MODELS = {
    **{
        loss: lambda loss=loss: ExplicitFactorizationModel(loss, **QUICK)
        for loss in ExplicitFactorizationModel.losses
    },
    "implicit": lambda: ImplicitFactorizationModel("bpr", embedding_dim=50, **QUICK),
    "als": lambda: ImplicitALSModel(**QUICK),
    "stars preset": lambda: presets.explicit(0, device="cpu"),
}
REPRESENTATIONS = ["pooling", "cnn", "lstm", "mixture", "transformer"]


def data(seed: int = 0, **columns) -> Interactions:
    state = np.random.RandomState(seed)
    size = 900
    return Interactions(
        state.randint(0, USERS, size),
        state.randint(1, ITEMS, size),
        ratings=state.randint(0, 2, size),
        timestamps=np.arange(size),
        num_users=USERS,
        num_items=ITEMS,
        **columns,
    )


@pytest.fixture(scope="module", params=USER_MODELS)
def of_users(request):
    return USER_MODELS[request.param]().fit(data())


@pytest.fixture(scope="module", params=[*REPRESENTATIONS, "next-item preset"])
def of_sequences(request):
    if request.param == "next-item preset":
        return presets.sequence(0).fit(data())
    model = ImplicitSequenceModel("bpr", request.param, **{**QUICK, "n_iter": 1})
    return model.fit(data().to_sequence())


def test_a_pair_has_one_score_to_the_bit(of_users):
    table = of_users.predict(np.arange(USERS))
    for user in range(USERS):
        np.testing.assert_array_equal(of_users.predict(user), table[user])
        np.testing.assert_array_equal(of_users.predict(user, ASKED), table[user, ASKED])
        np.testing.assert_array_equal(of_users.predict(user, 7), table[user, [7]])
    users, items = (part.ravel() for part in np.indices(table.shape))
    np.testing.assert_array_equal(of_users.predict(users, items), table.ravel())
    np.testing.assert_array_equal(of_users.predict(users[:5], 7), table[users[:5], 7])


def test_a_folded_in_user_has_one_score_to_the_bit(of_users):
    user = of_users.fold_in([3, 9], [1, 0])
    np.testing.assert_array_equal(of_users.predict(user, ASKED), of_users.predict(user)[ASKED])


@pytest.mark.parametrize("features", [False, True])
def test_a_pair_has_one_score_whatever_describes_it(features):
    state = np.random.RandomState(1)
    context = state.rand(900, 3)
    more = {"user_features": state.rand(USERS, 4)} if features else {}
    model = ExplicitFactorizationModel(**QUICK).fit(data(context_features=context, **more))
    table = model.predict(np.arange(USERS), context_features=context[:USERS])
    for user in range(USERS):
        alone = model.predict(user, ASKED, context_features=context[user])
        np.testing.assert_array_equal(alone, table[user, ASKED])


def test_a_sequence_has_one_score_for_an_item_to_the_bit(of_sequences):
    sequences = data(1).to_sequence().sequences[:70]
    table = of_sequences.predict(sequences)
    assert table.shape == (70, ITEMS)
    np.testing.assert_array_equal(of_sequences.predict(sequences, ASKED), table[:, ASKED])
    np.testing.assert_array_equal(of_sequences.predict(sequences, 7), table[:, [7]])
    for sequence, row in zip(sequences, table, strict=True):
        np.testing.assert_array_equal(of_sequences.predict(sequence), row)
        np.testing.assert_array_equal(of_sequences.predict(sequence, ASKED), row[ASKED])


def test_ids_may_be_whole_floats(of_users):
    asked = of_users.predict(np.array([2.0, 3.0]), np.array([5.0, 6.0]))
    np.testing.assert_array_equal(asked, of_users.predict([2, 3], [5, 6]))
    np.testing.assert_array_equal(of_users.predict(2.0), of_users.predict(2))
    with pytest.raises(ValueError, match=r"user_ids must be integers.*1\.5"):
        of_users.predict(1.5)
    with pytest.raises(ValueError, match=r"item_ids must be integers.*nan"):
        of_users.predict(1, [float("nan")])


def test_an_item_to_compare_with_may_be_a_whole_float(of_users):
    compare(getattr(of_users, "similar_items", None) or of_users.scorer.similar)


def test_an_item_of_sequences_to_compare_with_may_be_a_whole_float(of_sequences):
    compare(getattr(of_sequences, "similar_items", None) or of_sequences._fitted().similar)


def compare(similar) -> None:
    for found, same in zip(similar(7.0, 3), similar(7, 3), strict=True):
        np.testing.assert_array_equal(found, same)
    with pytest.raises(ValueError, match=r"item_id must be integers.*7\.5"):
        similar(7.5, 3)


def test_items_of_a_sequence_may_be_whole_floats(of_sequences):
    whole = of_sequences.predict([1, 2], [3, 4])
    np.testing.assert_array_equal(of_sequences.predict([1.0, 2.0], [3.0, 4.0]), whole)
    with pytest.raises(ValueError, match=r"sequences must be integers.*2\.5"):
        of_sequences.predict([1.0, 2.5])


CHANGES = {
    "item_ids": (ITEMS, f"num_items is {ITEMS}, but the largest id is {ITEMS}"),
    "user_ids": (USERS, f"num_users is {USERS}, but the largest id is {USERS}"),
    "ratings": (np.nan, "ratings must be finite, got nan at 0"),
}


@pytest.mark.parametrize("kind", [*USER_MODELS, "next-item preset"])
@pytest.mark.parametrize("column", CHANGES)
def test_interactions_changed_after_a_fit_are_refused(kind, column):
    model = presets.sequence(0) if kind == "next-item preset" else USER_MODELS[kind]()
    learned = data()
    model.fit(learned)
    value, complaint = CHANGES[column]
    getattr(learned, column)[0] = value
    with pytest.raises(ValueError, match=complaint):
        model.fit(learned)
    getattr(learned, column)[0] = -1 if column != "ratings" else np.inf
    with pytest.raises(ValueError, match=f"{column} must"):
        model.fit(learned)


@pytest.mark.parametrize("representation", REPRESENTATIONS)
def test_sequences_changed_after_a_fit_are_refused(representation):
    learned = data().to_sequence()
    model = ImplicitSequenceModel("bpr", representation, **{**QUICK, "n_iter": 1}).fit(learned)
    for value, complaint in ((ITEMS, "largest id is 101"), (-1, "sequences must not be negative")):
        learned.sequences[0, -1] = value
        with pytest.raises(ValueError, match=complaint):
            model.fit(learned)


def test_every_model_is_evaluated(of_users):
    assert ranking_scores(of_users, data(1), data()).ndcg.shape == (USERS,)


def test_every_sequence_model_is_evaluated(of_sequences):
    asked = data(1).to_sequence()
    assert sequence_ranking_scores(of_sequences, asked).ndcg.shape == (len(asked),)

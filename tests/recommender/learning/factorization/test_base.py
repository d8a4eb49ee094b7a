"""What every factorization model promises, on a toy matrix."""

import numpy as np
import pytest
import torch

from recommender.learning.artifact import ForeignArtifactError
from recommender.learning.engine.training import EarlyStopping
from recommender.learning.evaluation import rmse_score
from recommender.learning.factorization.als import ImplicitALSModel
from recommender.learning.factorization.explicit import ExplicitFactorizationModel
from recommender.learning.factorization.implicit import ImplicitFactorizationModel
from recommender.learning.interactions import Interactions
from recommender.learning.interfaces import DivergedError
from tests.recommender.learning.toys import checkerboard, ratings

QUICK = {"embedding_dim": 4, "n_iter": 2, "device": "cpu"}


def rated(data: Interactions) -> Interactions:
    return Interactions(
        data.user_ids,
        data.item_ids,
        ratings=data.item_ids % 5 + 1,
        num_users=data.num_users,
        num_items=data.num_items,
    )


MODELS = {
    "explicit": lambda **more: ExplicitFactorizationModel(**{**QUICK, **more}),
    "sparse": lambda **more: ExplicitFactorizationModel(**{**QUICK, "sparse": True, **more}),
    "implicit": lambda **more: ImplicitFactorizationModel(**{**QUICK, **more}),
    "warp": lambda **more: ImplicitFactorizationModel(**{**QUICK, "loss": "warp", **more}),
    "als": lambda **more: ImplicitALSModel(**{**QUICK, **more}),
}


@pytest.fixture(params=MODELS)
def make(request):
    return MODELS[request.param]


@pytest.fixture
def model(make):
    return make(random_state=3).fit(rated(checkerboard()))


def test_predictions_have_every_documented_shape(model):
    everything = model.predict(np.arange(40))
    assert everything.shape == (40, 21)
    assert everything.dtype == np.float32
    np.testing.assert_allclose(model.predict(5), everything[5], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(model.predict(np.int64(5), [2, 3]), everything[5, 2:4], rtol=1e-5)
    pairs = model.predict(np.array([1, 2]), np.array([3, 4]))
    np.testing.assert_allclose(pairs, everything[[1, 2], [3, 4]], rtol=1e-4, atol=1e-6)
    assert model.predict(5, 2).shape == (1,)
    assert model.predict([5], [2]).shape == (1,)
    np.testing.assert_allclose(model.predict([1, 2], [3]), everything[[1, 2], 3], rtol=1e-4)
    assert model.predict([], []).shape == (0,)


@pytest.mark.parametrize("kind", sorted(MODELS.keys() - {"als"}))
def test_a_last_batch_of_one_row_is_learned(kind):
    data = rated(checkerboard())
    model = MODELS[kind](batch_size=len(data) - 1).fit(data)
    assert np.isfinite(model.predict(0)).all()
    assert np.isfinite(MODELS[kind]().fit(data.take(slice(0, 1))).predict(0)).all()


def test_a_seed_repeats_a_fit_exactly(make):
    data = rated(checkerboard())
    torch.manual_seed(1)
    first = make(random_state=7).fit(data).fit(data).predict(np.arange(40))
    torch.manual_seed(2)
    again = make(random_state=np.random.RandomState(7)).fit(data).fit(data).predict(np.arange(40))
    np.testing.assert_array_equal(first, again)
    other = make(random_state=8).fit(data).predict(np.arange(40))
    assert not np.array_equal(first, other)


def test_fitting_leaves_the_global_random_state_alone(make):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    make(random_state=0).fit(rated(checkerboard()))
    assert torch.equal(torch.rand(3), expected)


def test_fitting_again_continues(make):
    data = rated(checkerboard())
    model = make(random_state=0, n_iter=1).fit(data)
    before = model.history[-1].loss
    for _ in range(8):
        model.fit(data)
    assert model.history[-1].loss < before


def test_a_model_grows_with_its_data(make):
    data = rated(checkerboard())
    model = make(random_state=0, n_iter=4).fit(data)
    before = model.predict(np.arange(40))
    larger = Interactions(
        np.append(data.user_ids, 42),
        np.append(data.item_ids, 24),
        ratings=np.append(data.ratings, 3),
    )
    model._n_iter = 0
    after = model.fit(larger).predict(np.arange(43))
    assert after.shape == (43, 25)
    np.testing.assert_allclose(after[:40, :21], before, rtol=1e-5, atol=1e-6)
    with pytest.raises(ValueError, match="num_users must be at least 43, as in the last fit, got"):
        model.fit(data)


def test_a_saved_model_predicts_and_learns_as_before(make, tmp_path):
    data = rated(checkerboard())
    model = make(random_state=0).fit(data)
    model.save(tmp_path / "model", metrics={"rmse": 1.0})
    loaded = type(model).load(tmp_path / "model", random_state=1, device="cpu")
    np.testing.assert_array_equal(loaded.predict(np.arange(40)), model.predict(np.arange(40)))
    new = loaded.fold_in([1, 3], [4, 5]), model.fold_in([1, 3], [4, 5])
    np.testing.assert_array_equal(*(user.vector for user in new))
    assert np.isfinite(loaded.fit(data).predict(0)).all()
    other = ImplicitALSModel if type(model) is not ImplicitALSModel else ImplicitFactorizationModel
    with pytest.raises(ForeignArtifactError, match="has a model of kind"):
        other.load(tmp_path / "model")


def test_the_best_items_leave_out_the_seen_ones(model):
    data = checkerboard()
    ids, scores = model.recommend(4, n=30, exclude=data)
    assert not set(ids.tolist()) & set(data.item_ids[data.user_ids == 4].tolist())
    assert (np.diff(scores) <= 0).all()
    everything = model.predict(4)
    np.testing.assert_array_equal(everything[ids], scores)
    assert 7 not in model.recommend(4, n=30, exclude=[7])[0]
    assert len(model.recommend(model.fold_in([2], [5]), n=3)[0]) == 3


def test_similar_items_are_others(model):
    ids, cosines = model.similar_items(3, n=5)
    assert len(ids) == 5
    assert 3 not in ids
    assert (np.abs(cosines) <= 1 + 1e-5).all()


def test_predictions_keep_no_gradients_and_change_nothing(model):
    before = model.predict(0)
    assert isinstance(before, np.ndarray)
    np.testing.assert_array_equal(model.predict(0), before)
    assert not model._net.training


def test_a_callback_sees_each_epoch_and_can_cancel(make):
    seen = []
    make(random_state=0).fit(rated(checkerboard()), progress=seen.append)
    assert [report.epoch for report in seen if report.epoch][-2:] == [1, 2]
    assert seen[-1].epochs == 2
    assert np.isfinite(seen[-1].loss)
    assert seen[-1].examples_per_second > 0

    def cancel(report):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(random_state=0).fit(rated(checkerboard()), progress=cancel)


def test_losses_are_printed_when_asked(make, capsys):
    make(random_state=0).fit(rated(checkerboard()), verbose=True)
    assert capsys.readouterr().out.startswith("Epoch 0: loss ")


def test_early_stopping_keeps_the_best_epoch():
    train, test = ratings()
    scores = []

    def score(model):
        scores.append(-rmse_score(model, test))
        return scores[-1]

    model = ExplicitFactorizationModel(
        embedding_dim=16, n_iter=200, learning_rate=0.05, random_state=0, device="cpu"
    )
    model.fit(train, early_stopping=EarlyStopping(score=score, patience=2))
    assert len(scores) == len(model.history) < 200
    assert np.argmax(scores) == len(scores) - 3
    assert -rmse_score(model, test) == pytest.approx(max(scores), rel=1e-6)


def test_bad_data_is_named(make):
    nothing = Interactions([], [], num_users=1, num_items=1)
    with pytest.raises(ValueError, match="interactions must not be empty"):
        make().fit(nothing)
    with pytest.raises(RuntimeError, match="must be fitted or loaded first"):
        make().predict(0)


def test_bad_questions_are_named(model):
    with pytest.raises(ValueError, match="user_ids must be below 40, got 40"):
        model.predict(40)
    with pytest.raises(ValueError, match="item_ids must be below 21, got 99"):
        model.predict(0, [99])
    with pytest.raises(ValueError, match="user_ids must not be negative, got -1"):
        model.predict(-1)
    with pytest.raises(ValueError, match="item_ids must have length 2, as user_ids has, got 3"):
        model.predict([0, 1], [1, 2, 3])
    with pytest.raises(ValueError, match="item_ids must be below 21, got 21"):
        model.fold_in([21], [3.0])


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"loss": "squared"}, "loss must be one of regression, poisson, logistic, got 'squared'"),
        ({"embedding_dim": 0}, "embedding_dim must be positive, got 0"),
        ({"batch_size": 0}, "batch_size must be positive, got 0"),
        ({"n_iter": -1}, "n_iter must not be negative, got -1"),
        ({"l2": -1e-3}, "l2 must not be negative, got -0.001"),
        ({"learning_rate": 0.0}, "learning_rate must be positive, got 0.0"),
        ({"device": "tpu"}, "device must be one of auto, cpu, cuda, got 'tpu'"),
    ],
)
def test_bad_arguments_are_named(arguments, complaint):
    with pytest.raises(ValueError, match=complaint):
        ExplicitFactorizationModel(**arguments)


def test_ratings_must_suit_the_loss():
    with pytest.raises(ValueError, match="ratings must be given to learn ratings, got None"):
        ExplicitFactorizationModel(device="cpu").fit(Interactions([0], [0]))
    with pytest.raises(ValueError, match=r"ratings must not be negative for poisson, got -1\.0"):
        ExplicitFactorizationModel(loss="poisson", device="cpu").fit(
            Interactions([0], [0], ratings=[-1])
        )


def test_a_loss_that_explodes_is_named():
    model = ExplicitFactorizationModel(
        device="cpu", n_iter=50, optimizer_func=lambda p: torch.optim.SGD(p, lr=1e6)
    )
    with pytest.raises(DivergedError, match="the loss is"):
        model.fit(rated(checkerboard()))


def test_a_foreign_module_is_asked_for_flat_pairs(monkeypatch):
    class Foreign(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.users, self.items = torch.nn.Embedding(40, 3), torch.nn.Embedding(21, 3)

        def forward(self, user_ids, item_ids):
            assert user_ids.dim() == item_ids.dim() == 1
            return (self.users(user_ids) * self.items(item_ids)).sum(1)

    data = checkerboard()
    monkeypatch.setattr("recommender.learning.factorization.base._PAIRS_AT_ONCE", 7)
    for loss in ("bpr", "warp"):
        model = ImplicitFactorizationModel(loss, representation=Foreign(), **QUICK).fit(data)
        everything = model.predict(np.arange(40))
        assert everything.shape == (40, 21)
        np.testing.assert_allclose(model.predict([1, 2], [3, 4]), everything[[1, 2], [3, 4]])
    with pytest.raises(ValueError, match="must be a BilinearNet for loss 'softmax'"):
        ImplicitFactorizationModel("softmax", representation=Foreign(), **QUICK).fit(data)
    with pytest.raises(ValueError, match="representation must be a BilinearNet for this"):
        model.fold_in([1])

"""What ImplicitSequenceModel promises, and what it learns of made-up walks."""

import numpy as np
import pytest
import torch

from recommender.learning.artifact import DamagedArtifactError
from recommender.learning.engine.training import EarlyStopping
from recommender.learning.evaluation import sequence_mrr_score
from recommender.learning.interactions import SequenceInteractions
from recommender.learning.sequence.implicit import ImplicitSequenceModel
from recommender.learning.sequence.representations import CNNNet, PoolNet
from tests.recommender.learning.toys import walks

QUICK = {"embedding_dim": 16, "batch_size": 64, "random_state": 0, "device": "cpu"}
REPRESENTATIONS = ["pooling", "cnn", "lstm", "mixture", "transformer"]
CHANCE = np.mean([1 / rank for rank in range(1, 30)])


@pytest.fixture(scope="module")
def model():
    return ImplicitSequenceModel(loss="bpr", representation="cnn", n_iter=3, **QUICK).fit(
        walks()[0]
    )


@pytest.mark.parametrize("representation", REPRESENTATIONS)
def test_every_representation_learns_walks(representation):
    train, test = walks()
    quick = {**QUICK, "learning_rate": 0.01, "n_iter": 25}
    model = ImplicitSequenceModel(loss="softmax", representation=representation, **quick)
    found = sequence_mrr_score(model.fit(train), test).mean()
    assert found > (1.5 if representation == "pooling" else 3) * CHANCE


@pytest.mark.parametrize("loss", ImplicitSequenceModel.losses)
def test_every_loss_learns_walks(loss):
    train, test = walks()
    quick = {**QUICK, "learning_rate": 0.02, "n_iter": 25, "num_negative_samples": 8}
    model = ImplicitSequenceModel(loss=loss, representation="cnn", **quick).fit(train)
    # One negative, and a slope that vanishes for what is far wrong, learn slowly.
    times = 1.5 if loss in ("pointwise", "bpr") else 2.5
    assert sequence_mrr_score(model, test).mean() > times * CHANCE


def test_predictions_have_every_documented_shape(model):
    batch = model.predict([[0, 1, 2], [3, 4, 5]])
    assert batch.shape == (2, 30)
    assert batch.dtype == np.float32
    np.testing.assert_allclose(model.predict(np.array([3, 4, 5])), batch[1], rtol=1e-5)
    np.testing.assert_allclose(model.predict([1, 2]), batch[0], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(model.predict([1, 2], [7, 9]), batch[0, [7, 9]], rtol=1e-4)
    np.testing.assert_allclose(model.predict([1, 2], 7), batch[0, [7]], rtol=1e-4)
    assert model.predict([[0, 1, 2], [3, 4, 5]], [7, 9]).shape == (2, 2)
    assert model.predict(np.zeros((0, 4), int)).shape == (0, 30)


def test_an_empty_history_is_all_padding(model):
    empty = model.predict([])
    assert empty.shape == (30,)
    np.testing.assert_array_equal(empty, model.predict([0, 0, 0]))
    assert model.predict(np.zeros((2, 0), int)).shape == (2, 30)


def test_the_padding_item_is_never_recommended(model):
    assert model.predict([1, 2])[0] == -np.inf
    assert (np.isfinite(model.predict([1, 2])) == (np.arange(30) > 0)).all()
    ids, scores = model.recommend([1, 2], n=40, exclude=[9])
    assert not {0, 1, 2, 9} & set(ids.tolist())
    assert len(ids) == 26
    assert (np.diff(scores) <= 0).all()


@pytest.mark.parametrize("representation", REPRESENTATIONS)
@pytest.mark.parametrize("loss", ["adaptive_hinge", "sampled_softmax"])
def test_a_seed_repeats_a_fit_exactly(representation, loss):
    made = []
    for seed in (5, 5, 6):
        torch.manual_seed(len(made))
        model = ImplicitSequenceModel(loss=loss, representation=representation, n_iter=1, **QUICK)
        model._random_state = np.random.RandomState(seed)
        made.append(model.fit(walks()[0]).predict([1, 2]))
    np.testing.assert_array_equal(made[0], made[1])
    assert not np.array_equal(made[0], made[2])


@pytest.mark.parametrize("representation", REPRESENTATIONS)
def test_a_model_is_saved_and_grows(representation, tmp_path):
    train, _ = walks()
    model = ImplicitSequenceModel(representation=representation, n_iter=1, **QUICK).fit(train)
    model.save(tmp_path / "model")
    loaded = ImplicitSequenceModel.load(tmp_path / "model", device="cpu", random_state=1)
    np.testing.assert_array_equal(loaded.predict([3, 4]), model.predict([3, 4]))

    before = loaded.predict([3, 4])
    longer = np.pad(train.sequences, ((0, 0), (5, 0)))
    loaded._n_iter = 0
    grown = loaded.fit(SequenceInteractions(longer, num_items=33)).predict([3, 4])
    np.testing.assert_allclose(grown[:30], before, rtol=1e-4, atol=1e-6)
    assert grown.shape == (33,)
    with pytest.raises(ValueError, match="num_items must be at least 33, as in the last fit"):
        loaded.fit(train)


@pytest.mark.parametrize("loss", ["adaptive_hinge", "softmax"])
@pytest.mark.parametrize("sparse", [False, True])
def test_sparse_tables_are_trained_by_their_own_adam(loss, sparse):
    train, _ = walks()
    model = ImplicitSequenceModel(
        loss=loss, representation="lstm", sparse=sparse, l2=1e-6, n_iter=2, **QUICK
    )
    losses = [model.fit(train).history[-1].loss for _ in range(2)]
    assert losses[1] < losses[0]


def test_a_module_can_be_the_representation(tmp_path):
    train, _ = walks()
    net = CNNNet(30, embedding_dim=8, kernel_width=2, num_layers=2)
    model = ImplicitSequenceModel(representation=net, n_iter=1, **QUICK).fit(train)
    model.save(tmp_path / "model")
    with pytest.raises(ValueError, match="representation must be given for a model saved"):
        ImplicitSequenceModel.load(tmp_path / "model")
    same = CNNNet(30, embedding_dim=8, kernel_width=2, num_layers=2)
    loaded = ImplicitSequenceModel.load(tmp_path / "model", representation=same, device="cpu")
    np.testing.assert_array_equal(loaded.predict([3]), model.predict([3]))
    with pytest.raises(DamagedArtifactError, match="do not fit the model"):
        ImplicitSequenceModel.load(tmp_path / "model", representation=PoolNet(30))
    with pytest.raises(ValueError, match="representation was made for"):
        model.fit(SequenceInteractions([[1, 40]]))


def test_a_foreign_module_with_spotlights_methods_works():
    class Foreign(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = PoolNet(30, embedding_dim=8)

        def user_representation(self, sequences):
            return self.inner.user_representation(sequences)

        def forward(self, representations, targets):
            return self.inner(representations, targets)

    train, _ = walks()
    model = ImplicitSequenceModel(loss="hinge", representation=Foreign(), n_iter=1, **QUICK)
    scores = model.fit(train).predict([[1, 2]])
    assert scores.shape == (1, 30)
    assert scores[0, 0] == -np.inf
    with pytest.raises(ValueError, match="must be a SequenceNet for loss 'softmax'"):
        ImplicitSequenceModel(loss="softmax", representation=Foreign(), **QUICK).fit(train)


@pytest.mark.parametrize("loss", ["bpr", "softmax", "sampled_softmax"])
def test_a_sequence_without_weight_teaches_nothing(loss):
    sequences = [[1, 2], [3, 4]]
    right = SequenceInteractions(sequences, num_items=6, weights=[[0, 1], [0, 0]])
    model = ImplicitSequenceModel(loss=loss, representation="cnn", n_iter=0, **QUICK).fit(right)
    before = model._net.item_embeddings.weight.detach().clone()
    model._n_iter = 5
    model.fit(SequenceInteractions(sequences, num_items=6, weights=np.zeros((2, 2))))
    torch.testing.assert_close(model._net.item_embeddings.weight, before)
    model.fit(right)
    assert not torch.allclose(model._net.item_embeddings.weight, before)


def test_progress_and_early_stopping_reach_the_fit():
    train, _ = walks()
    seen = []
    stopping = EarlyStopping(score=lambda m: -len(seen), patience=2)
    model = ImplicitSequenceModel(n_iter=50, **QUICK)
    model.fit(train, progress=seen.append, early_stopping=stopping)
    assert len(model.history) == 3
    assert "validation" in seen[-1].metrics


def test_similar_items_are_others(model):
    ids, _ = model.similar_items(4, n=3)
    assert len(ids) == 3
    assert not {0, 4} & set(ids.tolist())


@pytest.mark.parametrize("last", [1, 64])
def test_a_last_batch_of_one_row_is_learned(last):
    train, _ = walks()
    some = SequenceInteractions(train.sequences[: 64 + last], num_items=30)
    for representation in REPRESENTATIONS:
        model = ImplicitSequenceModel(representation=representation, n_iter=1, **QUICK).fit(some)
        assert np.isfinite(model.predict([1])[1:]).all()


def test_bad_arguments_are_named(model):
    with pytest.raises(ValueError, match="representation must be one of pooling, cnn, lstm, mix"):
        ImplicitSequenceModel(representation="gru")
    with pytest.raises(ValueError, match="loss must be one of pointwise, bpr, hinge"):
        ImplicitSequenceModel(loss="mse")
    with pytest.raises(ValueError, match="interactions must hold items"):
        ImplicitSequenceModel(device="cpu").fit(SequenceInteractions([[0, 0]], num_items=3))
    with pytest.raises(ValueError, match="sequences must be below 30, got 30"):
        model.predict([30])
    with pytest.raises(ValueError, match="sequences must not be negative, got -1"):
        model.predict([-1])
    with pytest.raises(ValueError, match="sequences must have one or two dimensions"):
        model.predict(np.zeros((1, 1, 1), int))
    with pytest.raises(ValueError, match="item_ids must be below 30, got 31"):
        model.predict([1], [31])

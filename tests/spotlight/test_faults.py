"""Faults of Spotlight that no model here may have; each test fails when the fault is put back.

Others are where their subject is: splits of int64 ids in test_cross_validation, batches of one row
and every shape of a prediction in the models' own tests, hashes as a buffer in test_layers, one
call for many users in test_evaluation, dense ids in test_ids.
"""

import numpy as np
import pytest
import torch

from recommender.learning.engine.devices import seeded
from recommender.learning.evaluation import sequence_mrr_score
from recommender.learning.factorization.examples import Examples
from recommender.learning.factorization.explicit import ExplicitFactorizationModel
from recommender.learning.factorization.implicit import ImplicitFactorizationModel
from recommender.learning.factorization.representations import BilinearNet
from recommender.learning.interactions import Interactions, SequenceInteractions
from recommender.learning.sampling import NegativeSampler, other_items
from recommender.learning.sequence import objectives
from recommender.learning.sequence.implicit import ImplicitSequenceModel
from recommender.learning.sequence.representations import PoolNet
from tests.recommender.learning.toys import checkerboard

CPU = torch.device("cpu")


class Foreign(torch.nn.Module):
    """A representation with no more than Spotlight's methods."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def user_representation(self, sequences):
        return self.inner.user_representation(sequences)

    def forward(self, representations, targets):
        return self.inner(representations, targets)


QUICK = {"embedding_dim": 4, "n_iter": 3, "random_state": 0, "device": "cpu"}


def test_the_hardest_negative_of_a_choice_is_its_own_users():
    """Spotlight's reshape took the highest of other users' negatives."""
    data = checkerboard(users=7, items=13)
    model = ImplicitFactorizationModel("adaptive_hinge", **QUICK).fit(data)
    net, examples = model._net, Examples.of(data, CPU)
    assert isinstance(net, BilinearNet)
    batch = torch.tensor([5, 0, 11, 3])
    with seeded(np.random.RandomState(1), CPU):
        found = model._batch_loss(net, examples, data)(batch)
    sampler = NegativeSampler(examples.users, examples.items, 7, 13)
    with seeded(np.random.RandomState(1), CPU):
        drawn = sampler.sample(examples.users[batch], (5,))
    losses = []
    for row, position in enumerate(batch.tolist()):
        scores = model.predict(int(data.user_ids[position]))
        chosen = scores[data.item_ids[position]]
        losses.append(max(0.0, 1 - chosen + max(scores[item] for item in drawn[row].tolist())))
    assert found.item() == pytest.approx(np.mean(losses), rel=1e-5)


DRAWING = ["bpr", "hinge", "pointwise", "adaptive_hinge", "warp"]


@pytest.mark.parametrize("loss", DRAWING)
def test_negatives_are_neither_padding_nor_the_users_own(loss, monkeypatch):
    drawn = []
    sample = NegativeSampler.sample

    def spy(self, users, shape=()):
        drawn.append(sample(self, users, shape))
        return drawn[-1]

    monkeypatch.setattr(NegativeSampler, "sample", spy)
    # All but items 5 and 6 are the user's, in one of two sequences, neither of them padded.
    data = SequenceInteractions([[1, 2], [3, 4]], user_ids=[9, 9], num_items=7)
    ImplicitSequenceModel(loss, **{**QUICK, "n_iter": 10}).fit(data)
    assert set(torch.cat([part.flatten() for part in drawn]).tolist()) <= {5, 6}
    drawn.clear()
    chosen = Interactions([0, 0, 0, 1], [1, 2, 3, 4], num_items=5)
    ImplicitFactorizationModel(loss, **QUICK).fit(chosen.take(slice(0, 3)))
    assert set(torch.cat([part.flatten() for part in drawn]).tolist()) <= {0, 4}


RETURNING = [[0, 1, 1], [2, 3, 2]]
SATED = [[0, 1, 2], [0, 0, 3]]


@pytest.mark.parametrize("sequences", [RETURNING, SATED])
@pytest.mark.parametrize("own_module", [False, True])
@pytest.mark.parametrize("loss", DRAWING)
def test_negatives_of_a_place_are_neither_padding_nor_its_own_item(
    loss, own_module, sequences, monkeypatch
):
    pairs = []

    def spy(items, num_items, count):
        drawn = other_items(items, num_items, count)
        pairs.extend((own, other) for own, row in zip(items, drawn, strict=True) for other in row)
        return drawn

    monkeypatch.setattr(objectives, "other_items", spy)
    data = SequenceInteractions(sequences, user_ids=[9, 9], num_items=4)
    net = Foreign(PoolNet(4, embedding_dim=4)) if own_module else "pooling"
    ImplicitSequenceModel(loss, net, **{**QUICK, "n_iter": 30}).fit(data)
    found = {(int(own), int(other)) for own, other in pairs if own}
    # What the user chose at another place is a negative of this one.
    assert found == {(own, other) for own in (1, 2, 3) for other in (1, 2, 3) if own != other}


@pytest.mark.parametrize("loss", ImplicitFactorizationModel.losses)
def test_a_choice_without_weight_teaches_nothing(loss):
    data = checkerboard(users=6, items=9)
    weighted = Interactions(
        data.user_ids, data.item_ids, weights=np.zeros(len(data)), num_users=6, num_items=9
    )
    model = ImplicitFactorizationModel(loss, **{**QUICK, "n_iter": 0}).fit(data)
    before = model.predict(np.arange(6))
    model._n_iter = 3
    np.testing.assert_array_equal(model.fit(weighted).predict(np.arange(6)), before)
    assert not np.array_equal(model.fit(data).predict(np.arange(6)), before)


@pytest.mark.parametrize("loss", ExplicitFactorizationModel.losses)
def test_a_rating_without_weight_teaches_nothing(loss):
    users, items = np.divmod(np.arange(30), 5)
    ratings = items % 2
    model = ExplicitFactorizationModel(loss, **{**QUICK, "n_iter": 0})
    model.fit(Interactions(users, items, ratings=ratings))
    before = model.predict(0)
    model._n_iter = 3
    unheard = Interactions(users, items, ratings=ratings, weights=np.zeros(30))
    np.testing.assert_array_equal(model.fit(unheard).predict(0), before)


@pytest.mark.parametrize("loss", ImplicitSequenceModel.losses)
def test_an_item_of_a_sequence_without_weight_teaches_nothing(loss):
    sequences = [[1, 2, 3], [3, 4, 1]]
    unheard = SequenceInteractions(sequences, num_items=8, weights=np.zeros((2, 3)))
    model = ImplicitSequenceModel(loss, "cnn", **{**QUICK, "n_iter": 0}).fit(unheard)
    before = model.predict([1, 2])
    model._n_iter = 3
    np.testing.assert_array_equal(model.fit(unheard).predict([1, 2]), before)
    heard = SequenceInteractions(sequences, num_items=8)
    assert not np.array_equal(model.fit(heard).predict([1, 2]), before)


def test_predictions_record_no_gradients():
    recording = []

    class Watched(PoolNet):
        def encode(self, embeddings):
            recording.append(torch.is_grad_enabled())
            return super().encode(embeddings)

    net = Watched(5, embedding_dim=4)
    model = ImplicitSequenceModel(representation=net, n_iter=1, device="cpu")
    model.fit(SequenceInteractions([[1, 2, 3]], num_items=5))
    assert recording == [True]
    model.predict([1, 2])
    model.predict([[1, 2], [2, 3]], [1, 4])
    assert recording == [True, False, False]
    assert all(parameter.grad_fn is None for parameter in net.parameters())


def test_many_sequences_take_one_call():
    calls = []

    class Model:
        def predict(self, sequences):
            calls.append(np.shape(sequences))
            return np.tile(np.arange(9.0), (len(sequences), 1))

    test = SequenceInteractions(np.random.RandomState(0).randint(1, 9, (50, 4)), num_items=9)
    assert sequence_mrr_score(Model(), test).shape == (50,)
    assert calls == [(50, 3)]

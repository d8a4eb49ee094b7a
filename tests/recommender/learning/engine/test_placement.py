"""A training set lies on the device while it fits; a larger one is copied batch by batch."""

import math

import numpy as np
import pytest
import torch

from recommender.learning.engine.placement import place, room, rows_on
from recommender.learning.factorization.examples import Examples
from recommender.learning.factorization.explicit import ExplicitFactorizationModel
from recommender.learning.factorization.implicit import ImplicitFactorizationModel
from recommender.learning.factorization.representations import BilinearNet
from recommender.learning.interactions import Interactions, SequenceInteractions
from recommender.learning.sequence.implicit import ImplicitSequenceModel
from tests.recommender.learning.toys import checkerboard, ratings, walks

# Torch's device without memory: where a tensor is can be asked of it, without a GPU.
ELSEWHERE = torch.device("meta")
DATA = Interactions([0, 1, 2], [1, 2, 3], ratings=[1.0, 2.0, 3.0], weights=[1.0, 1.0, 2.0])
SIZE = 3 * (8 + 8 + 4 + 4)


def test_half_of_the_free_memory_of_a_gpu_is_for_data(monkeypatch):
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (1000, 4000))
    assert room(torch.device("cuda")) == 500
    assert room(torch.device("cpu")) == math.inf


@pytest.mark.parametrize(("limit", "where"), [(None, "meta"), (SIZE, "meta"), (SIZE - 1, "cpu")])
def test_what_fits_goes_to_the_device(limit, where):
    examples = Examples.of(DATA, ELSEWHERE, limit)
    for column in (examples.users, examples.items, examples.ratings, examples.weights):
        assert column.device.type == where
    assert examples.context is None


def test_batches_of_what_does_not_fit_go_to_the_device():
    batch = Examples.of(DATA, ELSEWHERE, 0).at(torch.tensor([2, 0]))
    assert batch.users.device.type == batch.weights.device.type == "meta"
    here = torch.device("cpu")
    (column,) = place([np.arange(5)], here, 0)
    assert rows_on(here, column, torch.tensor([4, 1])).tolist() == [4, 1]


def test_residuals_of_what_does_not_fit_are_made_on_the_device():
    examples = Examples.of(DATA, ELSEWHERE, 0)
    net = BilinearNet(3, 4, 8).to(ELSEWHERE)
    residuals = examples.residuals_in_parts(net, 2)
    assert residuals.device.type == "meta"
    assert residuals.shape == (3,)


MODELS = {
    "explicit": lambda more: ExplicitFactorizationModel(**more).fit(ratings()[0]).predict(1),
    "warp": lambda more: ImplicitFactorizationModel("warp", **more).fit(checkerboard()).predict(1),
    "softmax": lambda more: (
        ImplicitFactorizationModel("softmax", **more).fit(checkerboard()).predict(1)
    ),
    "sequence": lambda more: ImplicitSequenceModel("bpr", **more).fit(weighted()).predict([1, 2]),
    "sampled": lambda more: (
        ImplicitSequenceModel("sampled_softmax", **more).fit(weighted()).predict([1, 2])
    ),
}


def weighted() -> SequenceInteractions:
    train, _ = walks()
    return SequenceInteractions(
        train.sequences,
        train.user_ids,
        train.num_items,
        weights=np.where(train.sequences % 2, 1.0, 0.5),
    )


@pytest.mark.parametrize("kind", MODELS)
def test_a_training_set_without_room_teaches_the_same(kind):
    settings = {"n_iter": 2, "embedding_dim": 8, "random_state": 0, "device": "cpu"}
    resident = MODELS[kind](settings)
    streamed = MODELS[kind]({**settings, "device_memory": 0})
    np.testing.assert_array_equal(streamed, resident)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here")
@pytest.mark.parametrize("kind", MODELS)
def test_a_gpu_learns_from_the_hosts_memory(kind):
    settings = {"n_iter": 2, "embedding_dim": 8, "random_state": 0, "device": "cuda"}
    scores = MODELS[kind]({**settings, "device_memory": 0})
    assert np.isfinite(scores[1:]).all()
    np.testing.assert_allclose(scores, MODELS[kind](settings), atol=0.5)


def test_a_limit_must_not_be_negative():
    with pytest.raises(ValueError, match="device_memory must not be negative, got -1"):
        ExplicitFactorizationModel(device_memory=-1)

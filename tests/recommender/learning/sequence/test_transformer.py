"""The transformer knows order by distance, and tells what comes after from what comes before."""

import numpy as np
import pytest
import torch

from recommender.learning.interactions import SequenceInteractions
from recommender.learning.sequence.implicit import ImplicitSequenceModel
from recommender.learning.sequence.transformer import TransformerNet

QUICK = {"embedding_dim": 16, "batch_size": 64, "random_state": 0, "device": "cpu"}


def last_decides() -> SequenceInteractions:
    """Random items, of which each odd one is followed by the even one above it.

    An even item is never followed by the odd one below it more often than by others.
    """
    state = np.random.RandomState(0)
    pairs = 1 + 2 * state.randint(0, 10, (300, 4))
    return SequenceInteractions(np.stack([pairs, pairs + 1], axis=2).reshape(300, 8), num_items=21)


def test_heads_fall_at_their_own_slopes_by_distance_only():
    block = TransformerNet(9, 16, num_heads=4).blocks[0]
    falling = block.recency(6).detach()
    assert falling.shape == (4, 6, 6)
    per_step = falling[:, 5, 4]
    assert (per_step.diff() > 0).all()  # The first head falls fastest.
    for back in range(6):
        along = falling.diagonal(-back, dim1=1, dim2=2)
        torch.testing.assert_close(along, (per_step * back).unsqueeze(1).expand_as(along))
    assert torch.isneginf(falling[:, 0, 1:]).all()


def test_slopes_are_learned():
    model = ImplicitSequenceModel("softmax", "transformer", n_iter=2, **QUICK).fit(last_decides())
    fresh = TransformerNet(21, 16).blocks[0].log_slopes
    assert not torch.allclose(model._net.blocks[0].log_slopes, fresh)


@pytest.mark.parametrize("loss", ["softmax", "sampled_softmax"])
def test_the_last_item_decides_and_not_those_before_it(loss):
    model = ImplicitSequenceModel(
        loss, "transformer", n_iter=15, num_negative_samples=10, **QUICK
    ).fit(last_decides())
    assert model.predict([2, 4, 6, 7]).argmax() == 8
    assert model.predict([4, 7, 8, 2, 1]).argmax() == 2
    # What came before does not follow: after an even item, all odd ones are about as likely.
    odd = model.predict([1, 2, 5, 6, 7, 8])[1::2]
    assert odd[3] < odd.mean() + 1


def test_tied_vectors_score_what_they_read():
    tied, own = TransformerNet(9, 16, tied=True), TransformerNet(9, 16)
    ids = torch.arange(9)
    assert torch.equal(tied.item_vectors(ids), tied.item_embeddings(ids))
    assert not torch.allclose(own.item_vectors(ids), own.item_embeddings(ids))
    assert sum(p.numel() for p in own.parameters()) == (
        sum(p.numel() for p in tied.parameters()) + 9 * 16
    )


def test_heads_are_as_many_as_the_dimension_allows():
    assert [TransformerNet(9, dim).blocks[0].num_heads for dim in (64, 6, 5)] == [4, 2, 1]


@torch.no_grad()
def test_a_longer_history_than_any_trained_on_can_be_read():
    torch.manual_seed(0)
    net = TransformerNet(30, max_sequence_length=500).eval()
    assert torch.isfinite(net.states(torch.randint(1, 30, (1, 500)))).all()


@pytest.mark.parametrize("loss", ["softmax", "sampled_softmax"])
def test_cross_entropy_starts_at_popularity(loss):
    sequences = [[0, 1, 1], [1, 2, 3], [1, 3, 1]]
    data = SequenceInteractions(sequences, num_items=5)
    for representation in ("pooling", "transformer"):
        model = ImplicitSequenceModel(loss, representation, n_iter=0, **QUICK).fit(data)
        biases = model._net.item_biases.weight.detach()[:, 0].numpy()
        assert biases[0] == 0
        expected = np.log1p([5, 1, 2, 0])
        np.testing.assert_allclose(biases[1:], expected - expected.mean(), rtol=1e-5)
        model._net.item_biases.weight.data[1] = 9.0
        model.fit(SequenceInteractions(sequences, num_items=6))
        assert model._net.item_biases.weight[1] == 9.0  # Learned ones stay, new ones start so.
        assert model._net.item_biases.weight[5] < biases[3]
    hinge = ImplicitSequenceModel("hinge", "pooling", n_iter=0, **QUICK).fit(data)
    assert not hinge._net.item_biases.weight.any()


def test_more_data_makes_a_deeper_transformer(monkeypatch, tmp_path):
    monkeypatch.setattr("recommender.learning.sequence.implicit._MANY", 7)
    few, many = ([[1, 2, 3], [0, 1, 2]], [[1, 2, 3], [1, 2, 3], [0, 0, 1]])
    models = [
        ImplicitSequenceModel("softmax", "transformer", n_iter=0, **QUICK).fit(
            SequenceInteractions(sequences, num_items=5)
        )
        for sequences in (few, many)
    ]
    assert [len(model._net.blocks) for model in models] == [1, 2]
    models[0].fit(SequenceInteractions(many, num_items=6))
    assert len(models[0]._net.blocks) == 1  # What was learned stays.
    models[1].save(tmp_path / "model")
    loaded = ImplicitSequenceModel.load(tmp_path / "model", device="cpu")
    np.testing.assert_array_equal(loaded.predict([1, 2]), models[1].predict([1, 2]))


def test_states_that_score_are_dropped_in_training_only():
    torch.manual_seed(0)
    net = TransformerNet(9, 64, dropout=0.5)
    sequences = torch.tensor([[1, 2, 3]])
    assert (net.train().states(sequences) == 0).float().mean() > 0.3
    assert (net.eval().states(sequences) == 0).float().mean() == 0

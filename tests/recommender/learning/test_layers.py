"""Embedding layers: how they start, what padding is, and what hashing and features do."""

import numpy as np
import pytest
import scipy.sparse as sp
import torch

from recommender.learning.layers import (
    BloomEmbedding,
    FeatureEmbedding,
    ScaledEmbedding,
    ScaledEmbeddingBag,
    ZeroEmbedding,
)


def test_tables_start_as_they_should():
    torch.manual_seed(0)
    scaled = ScaledEmbedding(2000, 16, padding_idx=0)
    assert scaled.weight.std().item() == pytest.approx(1 / 16, rel=0.05)
    assert not scaled.weight[0].any()
    assert ScaledEmbeddingBag(2000, 16).weight.std().item() == pytest.approx(1 / 16, rel=0.05)
    assert not ZeroEmbedding(10, 3).weight.any()


@pytest.mark.parametrize("bag", [False, True])
@pytest.mark.parametrize("shape", [(5,), (2, 3), (2, 3, 4), (0,)])
def test_bloom_takes_ids_of_any_shape(bag, shape):
    layer = BloomEmbedding(100, 8, bag=bag)
    ids = torch.randint(0, 100, shape)
    found = layer(ids)
    assert found.shape == (*shape, 8)
    rows = layer.embeddings.weight[layer.hashes[ids]].sum(-2) * (ids != 0).unsqueeze(-1)
    torch.testing.assert_close(found, rows)


def test_bloom_has_few_rows_but_tells_ids_apart():
    layer = BloomEmbedding(1000, 8, compression_ratio=0.2, num_hash_functions=4)
    assert sum(weight.numel() for weight in layer.parameters()) == 200 * 8
    assert len(torch.unique(layer(torch.arange(1000)), dim=0)) == 1000
    assert not layer(torch.tensor([0])).any()


def test_bloom_hashes_are_saved_and_moved_with_the_net():
    assert "hashes" in BloomEmbedding(10, 2).state_dict()
    assert BloomEmbedding(10, 2).to(torch.float64).hashes.dtype == torch.int64


def test_bloom_padding_stays_zero_while_learning():
    layer = BloomEmbedding(20, 4, compression_ratio=0.5)
    optimizer = torch.optim.SGD(layer.parameters(), lr=1.0)
    layer(torch.arange(20)).sum().backward()
    optimizer.step()
    assert not layer(torch.tensor([0])).any()


def test_bloom_without_padding_uses_id_zero():
    assert BloomEmbedding(20, 4, padding_idx=None)(torch.tensor([0])).any()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"num_hash_functions": 25}, "num_hash_functions must be between 1 and 24, got 25"),
        ({"num_hash_functions": 0}, "num_hash_functions must be between 1 and 24, got 0"),
        ({"compression_ratio": 0.0}, "compression_ratio must be positive, got 0.0"),
    ],
)
def test_bad_bloom_arguments_are_named(arguments, complaint):
    with pytest.raises(ValueError, match=complaint):
        BloomEmbedding(10, 2, **arguments)


def test_features_add_up():
    features = sp.csr_matrix([[0, 0, 0], [1, 0, 2], [0, 3, 0]])
    layer = FeatureEmbedding(features, 4, padding_idx=0)
    table = layer.features.weight
    expected = torch.stack([torch.zeros(4), table[0] + 2 * table[2], 3 * table[1]])
    torch.testing.assert_close(layer(torch.arange(3)), expected)
    torch.testing.assert_close(
        layer(torch.tensor([[2, 1], [0, 2]])), expected[torch.tensor([[2, 1], [0, 2]])]
    )
    torch.testing.assert_close(layer(torch.tensor([0])), torch.zeros(1, 4))


def test_an_id_has_a_part_of_its_own():
    layer = FeatureEmbedding(sp.csr_matrix(np.ones((3, 1))), 2)
    with torch.no_grad():
        layer.ids.weight[1] = 5
    found = layer(torch.arange(3))
    torch.testing.assert_close(found[1] - found[0], torch.full((2,), 5.0))

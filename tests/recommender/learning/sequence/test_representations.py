"""Sequence nets: they cannot see the future, and padding is nothing to them."""

import pytest
import torch

from recommender.learning.layers import BloomEmbedding
from recommender.learning.sequence.representations import CNNNet, LSTMNet, MixtureLSTMNet, PoolNet
from recommender.learning.sequence.transformer import TransformerNet

NETS = {
    "pooling": PoolNet,
    "cnn": CNNNet,
    "deep cnn": lambda n, **more: CNNNet(n, kernel_width=(3, 2), dilation=(1, 2), num_layers=2),
    "relu cnn": lambda n, **more: CNNNet(
        n, num_layers=2, nonlinearity="relu", residual_connections=False
    ),
    "lstm": LSTMNet,
    "mixture": MixtureLSTMNet,
    "transformer": TransformerNet,
}


@pytest.fixture(params=NETS)
def net(request):
    torch.manual_seed(0)
    return NETS[request.param](30).eval()


def test_shapes(net):
    sequences = torch.randint(1, 30, (4, 7))
    every, final = net.user_representation(sequences)
    assert every.shape[-1] == 7
    assert every.shape[:-1] == final.shape
    assert net(every, sequences).shape == (4, 7)
    assert net.score_all(final).shape == (4, 30)


@torch.no_grad()
def test_one_score_and_all_scores_agree(net):
    sequences = torch.randint(1, 30, (4, 7))
    _, final = net.user_representation(sequences)
    items = torch.arange(30).expand(4, -1)
    one_by_one = net(final.unsqueeze(-1).expand(*final.shape, 30), items)
    torch.testing.assert_close(net.score_all(final), one_by_one, atol=1e-5, rtol=1e-4)
    some = torch.tensor([3, 9])
    torch.testing.assert_close(
        net.score_all(final, some), one_by_one[:, some], atol=1e-5, rtol=1e-4
    )


@torch.no_grad()
def test_the_future_is_not_seen(net):
    first = torch.randint(1, 30, (4, 7))
    second = first.clone()
    second[:, 4:] = torch.randint(1, 30, (4, 3))
    one, other = (net.user_representation(rows)[0][..., :5] for rows in (first, second))
    torch.testing.assert_close(one, other)


@torch.no_grad()
def test_the_past_is_seen(net):
    first = torch.tensor([[1, 2, 3, 4]])
    second = torch.tensor([[1, 2, 9, 4]])
    one, other = (net.user_representation(rows)[1] for rows in (first, second))
    assert not torch.allclose(one, other)


@torch.no_grad()
def test_padding_changes_nothing(net):
    short = torch.tensor([[5, 6, 7], [0, 8, 9]])
    long = torch.nn.functional.pad(short, (6, 0))
    every, final = net.user_representation(short)
    every_long, final_long = net.user_representation(long)
    torch.testing.assert_close(final, final_long, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(every, every_long[..., 6:], atol=1e-5, rtol=1e-4)


def test_pooling_averages():
    net = PoolNet(5, embedding_dim=2)
    vectors = net.item_embeddings.weight
    every, final = net.user_representation(torch.tensor([[0, 1, 2]]))
    torch.testing.assert_close(final[0], (vectors[1] + vectors[2]) / 3)
    torch.testing.assert_close(every[0, :, 2], vectors[1] / 2)
    assert not every[0, :, 0].any()


def test_tastes_attend_to_items():
    net = MixtureLSTMNet(5, embedding_dim=2, num_mixtures=2)
    tastes = torch.tensor([[[1.0, 0], [0, 1]]])
    attention = torch.tensor([[[50.0, 0], [0, 50]]])
    with torch.no_grad():
        net.item_embeddings.weight[1:3] = torch.tensor([[1.0, 0], [0, 1]])
        scores = net.score_all(torch.cat([tastes, attention], dim=1))
    torch.testing.assert_close(scores[0, 1:3], torch.ones(2))


def test_a_transformer_reads_its_newest_items():
    torch.manual_seed(0)
    net = TransformerNet(30, max_sequence_length=3).eval()
    long = torch.tensor([[9, 8, 1, 2, 3]])
    torch.testing.assert_close(
        net.user_representation(long)[1], net.user_representation(long[:, 2:])[1]
    )
    assert net.user_representation(long)[0].shape == (1, 32, 5)


def test_tables_can_be_hashed():
    hashed = BloomEmbedding(30, 32, padding_idx=0)
    net = CNNNet(30, item_embedding_layer=hashed)
    assert net.score_all(net.user_representation(torch.tensor([[0, 3]]))[1]).shape == (1, 30)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"kernel_width": (3, 3)}, "kernel_width must have one value for each of 1 layers, got"),
        ({"dilation": 0}, "dilation must be positive, got 0"),
        ({"nonlinearity": "sine"}, "nonlinearity must be one of tanh, relu, got 'sine'"),
        ({"num_layers": 0}, "num_layers must be positive, got 0"),
    ],
)
def test_bad_convolutions_are_named(arguments, complaint):
    with pytest.raises(ValueError, match=complaint):
        CNNNet(10, **arguments)


def test_bad_transformers_are_named():
    with pytest.raises(ValueError, match=r"embedding_dim must be a multiple of num_heads \(3\)"):
        TransformerNet(10, num_heads=3)
    with pytest.raises(ValueError, match="dropout must be between 0 and 1, got 2"):
        TransformerNet(10, dropout=2)

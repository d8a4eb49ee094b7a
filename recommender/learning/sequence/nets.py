"""The representations of a sequence that have a name."""

from __future__ import annotations

from recommender.learning.sequence.representations import (
    CNNNet,
    LSTMNet,
    MixtureLSTMNet,
    PoolNet,
    SequenceNet,
)
from recommender.learning.sequence.transformer import TransformerNet

_NETS: dict[str, type[SequenceNet]] = {
    "pooling": PoolNet,
    "cnn": CNNNet,
    "lstm": LSTMNet,
    "mixture": MixtureLSTMNet,
}
REPRESENTATIONS = (*_NETS, "transformer")


def make_net(
    name: str,
    num_items: int,
    *,
    embedding_dim: int,
    num_layers: int,
    max_sequence_length: int,
    sparse: bool,
) -> SequenceNet:
    """An unfitted net; only the transformer has layers and reads no more than it was made for."""
    if name == "transformer":
        return TransformerNet(
            num_items,
            embedding_dim=embedding_dim,
            num_layers=num_layers,
            max_sequence_length=max_sequence_length,
            sparse=sparse,
        )
    return _NETS[name](num_items, embedding_dim=embedding_dim, sparse=sparse)

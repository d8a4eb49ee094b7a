"""Users as functions of the items that they have met, oldest first.

Each net reads sequences (n, length) of item ids, left-padded with 0, and gives every position a
representation of what came before it. Padding never changes a result: inside, a row's items are
moved to its start, where causal nets cannot see what follows them.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from recommender.learning.interactions import PADDING_ITEM
from recommender.learning.layers import ScaledEmbedding, ZeroEmbedding
from recommender.learning.validation import check_choice, check_positive

PADDING_IDX = PADDING_ITEM

_NONLINEARITIES: dict[str, Callable[[Tensor], Tensor]] = {"tanh": torch.tanh, "relu": F.relu}


class SequenceNet(nn.Module):
    """Base of the representations: item vectors and biases, and the inner product with them.

    Parameters
    ----------
    num_items: int
    embedding_dim: int
    item_embedding_layer: module, optional
        Takes ids (any shape), gives vectors (\\*shape, embedding_dim), zero for padding.
    sparse: bool
        Use sparse gradients for the tables.
    """

    def __init__(
        self,
        num_items: int,
        embedding_dim: int = 32,
        item_embedding_layer: nn.Module | None = None,
        sparse: bool = False,
    ) -> None:
        super().__init__()
        check_positive("num_items", num_items)
        check_positive("embedding_dim", embedding_dim)
        self.num_items = num_items
        self.embedding_dim = embedding_dim
        self.item_embeddings = item_embedding_layer or ScaledEmbedding(
            num_items, embedding_dim, padding_idx=PADDING_IDX, sparse=sparse
        )
        self.item_biases = ZeroEmbedding(num_items, 1, padding_idx=PADDING_IDX, sparse=sparse)

    def encode(self, embeddings: Tensor) -> Tensor:
        """States (n, length + 1, embedding_dim) before each item and after the last.

        ``embeddings`` (n, length, embedding_dim) start each row with its oldest item; the state
        at j may depend on the first j of them only.
        """
        raise TypeError(f"{type(self).__name__} must define encode")

    def user_representation(self, item_sequences: Tensor) -> tuple[Tensor, Tensor]:
        """Representations of the sequences (n, length) before each item, and after the last.

        Returns tensors (n, embedding_dim, length) and (n, embedding_dim).
        """
        states = self.states(item_sequences).movedim(1, -1)
        return states[..., :-1], states[..., -1]

    def states(self, item_sequences: Tensor) -> Tensor:
        """Representations (n, length + 1, embedding_dim) before each column and after the last."""
        real = item_sequences != PADDING_IDX
        items_first = torch.argsort((~real).to(torch.int8), dim=1, stable=True)
        encoded = self.encode(self.item_embeddings(item_sequences.gather(1, items_first)))
        seen = F.pad(real.cumsum(1), (1, 0))  # (n, length + 1)
        rows = torch.arange(len(seen), device=seen.device).unsqueeze(1)
        return encoded[rows, seen]

    def item_vectors(self, item_ids: Tensor) -> Tensor:
        """Vectors (\\*item_ids.shape, embedding_dim) that score items; here, those read."""
        return self.item_embeddings(item_ids)

    def forward(self, user_representations: Tensor, targets: Tensor) -> Tensor:
        """Scores (n, m) of ``targets`` (n, m) given representations (n, embedding_dim, m)."""
        vectors = self.item_vectors(targets).transpose(1, 2)
        return (user_representations * vectors).sum(1) + self.item_biases(targets).squeeze(-1)

    def score_all(self, states: Tensor, item_ids: Tensor | None = None) -> Tensor:
        """Scores (n, m) of the same items (m,), or of all, given states (n, embedding_dim)."""
        vectors, biases = self.items(item_ids)
        return states @ vectors.T + biases

    def score_each(self, states: Tensor, item_ids: Tensor) -> Tensor:
        """Scores (n, m) of each row's own items (n, m) given states (n, embedding_dim)."""
        vectors = self.item_vectors(item_ids)  # (n, m, embedding_dim)
        return (vectors @ states.unsqueeze(-1)).squeeze(-1) + self.item_biases(item_ids).squeeze(-1)

    def items(self, item_ids: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Vectors (m, embedding_dim) and biases (m,) of items (m,), or of all."""
        if item_ids is None:
            item_ids = torch.arange(self.num_items, device=self.item_biases.weight.device)
        return self.item_vectors(item_ids), self.item_biases(item_ids).squeeze(-1)


class PoolNet(SequenceNet):
    """The average of the items so far (Covington, Adams and Sargin, RecSys 2016).

    One more than their number divides the sum, which draws short histories towards zero.
    """

    def encode(self, embeddings: Tensor) -> Tensor:
        sums = F.pad(embeddings.cumsum(1), (0, 0, 1, 0))  # (n, length + 1, embedding_dim)
        counts = torch.arange(1, sums.shape[1] + 1, device=sums.device).view(1, -1, 1)
        return sums / counts


class LSTMNet(SequenceNet):
    """The hidden state of an LSTM (Hidasi et al., ICLR 2016)."""

    def __init__(
        self,
        num_items: int,
        embedding_dim: int = 32,
        item_embedding_layer: nn.Module | None = None,
        sparse: bool = False,
    ) -> None:
        super().__init__(num_items, embedding_dim, item_embedding_layer, sparse)
        self.lstm = nn.LSTM(embedding_dim, embedding_dim, batch_first=True)

    def encode(self, embeddings: Tensor) -> Tensor:
        return self.lstm(F.pad(embeddings, (0, 0, 1, 0)))[0]


class CNNNet(SequenceNet):
    """Stacked causal convolutions (van den Oord et al., WaveNet, 2016).

    Parameters
    ----------
    kernel_width, dilation: int or tuple of int
        One value for all layers, or one for each: items that a layer reads, and their distance.
    num_layers: int
    nonlinearity: 'tanh' or 'relu'
    residual_connections: bool
        Add each layer's input to its output.
    benchmark: bool
        Let cuDNN search for its fastest convolution.

    The other parameters are those of :class:`SequenceNet`.
    """

    def __init__(
        self,
        num_items: int,
        embedding_dim: int = 32,
        kernel_width: int | tuple[int, ...] = 3,
        dilation: int | tuple[int, ...] = 1,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        residual_connections: bool = True,
        sparse: bool = False,
        benchmark: bool = True,
        item_embedding_layer: nn.Module | None = None,
    ) -> None:
        super().__init__(num_items, embedding_dim, item_embedding_layer, sparse)
        check_positive("num_layers", num_layers)
        check_choice("nonlinearity", nonlinearity, tuple(_NONLINEARITIES))
        self.kernel_width = _per_layer("kernel_width", kernel_width, num_layers)
        self.dilation = _per_layer("dilation", dilation, num_layers)
        self.nonlinearity = _NONLINEARITIES[nonlinearity]
        self.residual_connections = residual_connections
        self.benchmark = benchmark
        self.cnn_layers = nn.ModuleList(
            nn.Conv1d(embedding_dim, embedding_dim, width, dilation=gap)
            for width, gap in zip(self.kernel_width, self.dilation, strict=True)
        )

    def encode(self, embeddings: Tensor) -> Tensor:
        with torch.backends.cudnn.flags(enabled=True, benchmark=self.benchmark):
            x = F.pad(embeddings.transpose(1, 2), (1, 0))  # (n, embedding_dim, length + 1)
            for layer, width, gap in zip(
                self.cnn_layers, self.kernel_width, self.dilation, strict=True
            ):
                out = self.nonlinearity(layer(F.pad(x, ((width - 1) * gap, 0))))
                x = out + x if self.residual_connections else out
            return x.transpose(1, 2)


class MixtureLSTMNet(LSTMNet):
    """Several tastes per user, each item judged by the taste that attends to it.

    Kula, "Mixture-of-tastes models for representing users with diverse interests", 2017.
    Representations have shapes (n, 2 num_mixtures, embedding_dim, length) and, after the last
    item, (n, 2 num_mixtures, embedding_dim): the tastes, then what each attends to.
    """

    def __init__(
        self,
        num_items: int,
        embedding_dim: int = 32,
        num_mixtures: int = 4,
        item_embedding_layer: nn.Module | None = None,
        sparse: bool = False,
    ) -> None:
        super().__init__(num_items, embedding_dim, item_embedding_layer, sparse)
        check_positive("num_mixtures", num_mixtures)
        self.num_mixtures = num_mixtures
        self.projection = nn.Linear(embedding_dim, 2 * num_mixtures * embedding_dim)

    def encode(self, embeddings: Tensor) -> Tensor:
        hidden = super().encode(embeddings)
        return self.projection(hidden).view(
            *hidden.shape[:2], 2 * self.num_mixtures, self.embedding_dim
        )

    def forward(self, user_representations: Tensor, targets: Tensor) -> Tensor:
        tastes, attention = user_representations.chunk(2, dim=1)  # (n, mixtures, dim, m)
        vectors = self.item_vectors(targets).transpose(1, 2).unsqueeze(1)  # (n, 1, dim, m)
        shares = (attention * vectors).sum(2).softmax(dim=1)  # (n, mixtures, m)
        scores = (shares * (tastes * vectors).sum(2)).sum(1)
        return scores + self.item_biases(targets).squeeze(-1)

    def score_all(self, states: Tensor, item_ids: Tensor | None = None) -> Tensor:
        """Scores (n, m) given states (n, 2 num_mixtures, embedding_dim)."""
        tastes, attention = states.chunk(2, dim=1)
        vectors, biases = self.items(item_ids)
        shares = (attention @ vectors.T).softmax(dim=1)  # (n, mixtures, num_items)
        return (shares * (tastes @ vectors.T)).sum(1) + biases

    def score_each(self, states: Tensor, item_ids: Tensor) -> Tensor:
        """Scores (n, m) given states (n, 2 num_mixtures, embedding_dim)."""
        tastes, attention = states.chunk(2, dim=1)
        vectors = self.item_vectors(item_ids).transpose(1, 2)  # (n, embedding_dim, m)
        shares = (attention @ vectors).softmax(dim=1)  # (n, mixtures, m)
        return (shares * (tastes @ vectors)).sum(1) + self.item_biases(item_ids).squeeze(-1)


def _per_layer(name: str, value: int | tuple[int, ...], num_layers: int) -> tuple[int, ...]:
    values = (value,) * num_layers if isinstance(value, int) else tuple(value)
    if len(values) != num_layers:
        raise ValueError(f"{name} must have one value for each of {num_layers} layers, got {value}")
    for each in values:
        check_positive(name, each)
    return values

"""Users as what causal self-attention makes of their items."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from recommender.learning.sequence.representations import SequenceNet
from recommender.learning.validation import check_fraction, check_positive


class TransformerNet(SequenceNet):
    """Causal self-attention (Kang and McAuley, "Self-attentive sequential recommendation", 2018).

    Pre-norm blocks, learned positions counted from the oldest item, and a learned state for a
    user without items. Only the newest ``max_sequence_length`` items of a sequence are read.

    Parameters
    ----------
    num_layers, num_heads: int
        ``embedding_dim`` must be a multiple of ``num_heads``.
    dropout: float
    max_sequence_length: int
        How many items the net can tell apart by position.

    The other parameters are those of :class:`SequenceNet`.
    """

    def __init__(
        self,
        num_items: int,
        embedding_dim: int = 32,
        num_layers: int = 2,
        num_heads: int = 2,
        dropout: float = 0.2,
        max_sequence_length: int = 200,
        item_embedding_layer: nn.Module | None = None,
        sparse: bool = False,
    ) -> None:
        super().__init__(num_items, embedding_dim, item_embedding_layer, sparse)
        check_positive("num_layers", num_layers)
        check_positive("num_heads", num_heads)
        check_positive("max_sequence_length", max_sequence_length)
        check_fraction("dropout", dropout)
        if embedding_dim % num_heads:
            raise ValueError(
                f"embedding_dim must be a multiple of num_heads ({num_heads}), got {embedding_dim}"
            )
        self.max_sequence_length = max_sequence_length
        self.positions = nn.Embedding(max_sequence_length + 1, embedding_dim)
        nn.init.normal_(self.positions.weight, 0.0, 0.02)
        self.dropout = nn.Dropout(dropout)
        self.blocks = nn.ModuleList(
            _Block(embedding_dim, num_heads, dropout) for _ in range(num_layers)
        )
        self.norm = nn.LayerNorm(embedding_dim)

    def states(self, item_sequences: Tensor) -> Tensor:
        if item_sequences.shape[1] <= self.max_sequence_length:
            return super().states(item_sequences)
        states = super().states(item_sequences[:, -self.max_sequence_length :])
        left_out = item_sequences.shape[1] - self.max_sequence_length
        return torch.cat([states[:, :1].expand(-1, left_out, -1), states], dim=1)

    def encode(self, embeddings: Tensor) -> Tensor:
        length = embeddings.shape[1] + 1
        # Items start small, for the inner product; the attention works at the scale of one.
        x = F.pad(embeddings * self.embedding_dim**0.5, (0, 0, 1, 0))  # (n, length, dim)
        x = self.dropout(x + self.positions.weight[:length])
        for block in self.blocks:
            x = block(x)
        return self.norm(x)


class _Block(nn.Module):
    def __init__(self, dim: int, num_heads: int, dropout: float) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.dropout = dropout
        self.attention_norm = nn.LayerNorm(dim)
        self.qkv = nn.Linear(dim, 3 * dim)
        self.out = nn.Linear(dim, dim)
        self.feed_forward = nn.Sequential(
            nn.LayerNorm(dim),
            nn.Linear(dim, 4 * dim),
            nn.GELU(),
            nn.Linear(4 * dim, dim),
            nn.Dropout(dropout),
        )

    def forward(self, x: Tensor) -> Tensor:
        n, length, dim = x.shape
        # (3, n, heads, length, dim / heads)
        q, k, v = (
            self.qkv(self.attention_norm(x))
            .view(n, length, 3, self.num_heads, dim // self.num_heads)
            .permute(2, 0, 3, 1, 4)
        )
        attended = F.scaled_dot_product_attention(
            q, k, v, is_causal=True, dropout_p=self.dropout if self.training else 0.0
        )
        attended = self.out(attended.transpose(1, 2).reshape(n, length, dim))
        x = x + F.dropout(attended, self.dropout, self.training)
        return x + self.feed_forward(x)

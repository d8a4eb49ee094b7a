"""Users as what causal self-attention makes of their items."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from recommender.learning.interactions import PADDING_ITEM
from recommender.learning.sequence.representations import SequenceNet
from recommender.learning.validation import check_fraction, check_positive

# What a head that looks at the newest item takes off per step, and one that looks at all of them.
_STEEPEST, _FLATTEST = 1.0, 0.03
# Large enough to tell items apart from the first batch on: the tables of other nets start smaller.
_OUTPUT_DEVIATION = 0.05


class TransformerNet(SequenceNet):
    """Causal self-attention (Kang and McAuley, "Self-attentive sequential recommendation", 2018).

    Pre-norm blocks, and a learned state for a user without items. Order is known by distance only:
    each head takes off its own learned slope per step back (ALiBi; Press, Smith and Lewis, ICLR
    2022, with fixed slopes), so that some heads see the newest items and some all of them,
    whatever the sequence's length. The next item is scored by vectors of its own, which lets "B
    after A" differ from "A after B", and by states that keep their length.

    Parameters
    ----------
    num_layers: int
    num_heads: int, optional
        ``embedding_dim`` must be a multiple of it; the first of 4, 2 and 1 that is, by default.
    dropout: float
        Of the items read, inside the blocks, and of the states that score: a small data set is
        learned by heart without the last.
    max_sequence_length: int
        Only that many newest items of a sequence are read.
    tied: bool
        Score items by the vectors that are read, which halves the tables.

    The other parameters are those of :class:`SequenceNet`.
    """

    # A second moment that forgets soon keeps a rare item from a leap each time that it is met.
    adam_betas = (0.9, 0.98)

    def __init__(
        self,
        num_items: int,
        embedding_dim: int = 32,
        num_layers: int = 2,
        num_heads: int | None = None,
        dropout: float = 0.25,
        max_sequence_length: int = 200,
        item_embedding_layer: nn.Module | None = None,
        sparse: bool = False,
        tied: bool = False,
    ) -> None:
        super().__init__(num_items, embedding_dim, item_embedding_layer, sparse)
        if num_heads is None:
            num_heads = next(heads for heads in (4, 2, 1) if embedding_dim % heads == 0)
        check_positive("num_layers", num_layers)
        check_positive("num_heads", num_heads)
        check_positive("max_sequence_length", max_sequence_length)
        check_fraction("dropout", dropout)
        if embedding_dim % num_heads:
            raise ValueError(
                f"embedding_dim must be a multiple of num_heads ({num_heads}), got {embedding_dim}"
            )
        self.max_sequence_length = max_sequence_length
        self.item_outputs: nn.Embedding | None = None
        if not tied:
            self.item_outputs = nn.Embedding(
                num_items, embedding_dim, padding_idx=PADDING_ITEM, sparse=sparse
            )
            nn.init.normal_(self.item_outputs.weight, 0.0, _OUTPUT_DEVIATION)
            with torch.no_grad():
                self.item_outputs.weight[PADDING_ITEM].zero_()
        self.start = nn.Parameter(torch.empty(embedding_dim).normal_(0.0, 0.02))
        self.dropout = nn.Dropout(dropout)
        self.blocks = nn.ModuleList(
            _Block(embedding_dim, num_heads, dropout) for _ in range(num_layers)
        )

    def item_vectors(self, item_ids: Tensor) -> Tensor:
        table = self.item_embeddings if self.item_outputs is None else self.item_outputs
        return table(item_ids)

    def states(self, item_sequences: Tensor) -> Tensor:
        if item_sequences.shape[1] <= self.max_sequence_length:
            return super().states(item_sequences)
        states = super().states(item_sequences[:, -self.max_sequence_length :])
        left_out = item_sequences.shape[1] - self.max_sequence_length
        return torch.cat([states[:, :1].expand(-1, left_out, -1), states], dim=1)

    def encode(self, embeddings: Tensor) -> Tensor:
        # Items start small, for the inner product; the attention works at the scale of one.
        items = embeddings * self.embedding_dim**0.5  # (n, length, dim)
        start = self.start.expand(len(items), 1, -1).to(items.dtype)
        x = self.dropout(torch.cat([start, items], dim=1))
        for block in self.blocks:
            x = block(x)
        return self.dropout(x)


class _Block(nn.Module):
    def __init__(self, dim: int, num_heads: int, dropout: float) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.dropout = dropout
        self.attention_norm = nn.LayerNorm(dim)
        self.qkv = nn.Linear(dim, 3 * dim)
        self.out = nn.Linear(dim, dim)
        self.log_slopes = nn.Parameter(
            torch.linspace(math.log(_STEEPEST), math.log(_FLATTEST), num_heads)
        )
        self.feed_forward = nn.Sequential(
            nn.LayerNorm(dim),
            nn.Linear(dim, 2 * dim),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(2 * dim, dim),
            nn.Dropout(dropout),
        )

    def recency(self, length: int) -> Tensor:
        """What (heads, length, length) is added to the attention of each position (its row) to
        each other: the head's slope per step back, and minus infinity to what comes later."""
        place = torch.arange(length, device=self.log_slopes.device)
        back = place.unsqueeze(1) - place
        falling = -self.log_slopes.exp().view(-1, 1, 1) * back.clamp(min=0)
        return falling.masked_fill(back < 0, -torch.inf)

    def forward(self, x: Tensor) -> Tensor:
        n, length, dim = x.shape
        # (3, n, heads, length, dim / heads)
        q, k, v = (
            self.qkv(self.attention_norm(x))
            .view(n, length, 3, self.num_heads, dim // self.num_heads)
            .permute(2, 0, 3, 1, 4)
        )
        attended = F.scaled_dot_product_attention(
            q,
            k,
            v,
            attn_mask=self.recency(length).to(q.dtype).expand(n, -1, -1, -1),
            dropout_p=self.dropout if self.training else 0.0,
        )
        attended = self.out(attended.transpose(1, 2).reshape(n, length, dim))
        x = x + F.dropout(attended, self.dropout, self.training)
        return x + self.feed_forward(x)

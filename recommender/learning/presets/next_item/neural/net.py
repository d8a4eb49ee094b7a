"""The transformer while it learns: what :class:`.reader.HistoryReader` reads with, in torch.

The recipe is eSASRec's (Tikhonovich et al., RecSys 2025, "eSASRec: enhancing transformer-based
recommendations in a modular fashion"): causal self-attention over the items so far (SASRec; Kang
and McAuley, ICDM 2018) in gated pre-norm blocks (LiGR; Borisyuk et al., 2025) with SwiGLU layers
(Shazeer 2020), trained by a softmax over items. Order is known by rotations of queries and keys
(Su et al., 2021), so that only distances count: the fused attention needs no bias and no mask.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from recommender.learning.arrays import Array
from recommender.learning.interactions import PADDING_ITEM
from recommender.learning.presets.next_item.neural.reader import EPSILON, angles, hidden_width
from recommender.learning.presets.next_item.neural.recipe import Recipe

_SPREAD = 0.02


class HistoryNet(nn.Module):
    """Reads histories; ``popularity`` (num_items,) counts, from which the biases start."""

    cosines: Tensor
    sines: Tensor

    def __init__(self, recipe: Recipe, popularity: Tensor) -> None:
        super().__init__()
        self.recipe = recipe
        self.items = nn.Embedding(len(popularity), recipe.dim)
        nn.init.normal_(self.items.weight, 0.0, _SPREAD)
        log_popularity = popularity.float().log1p()
        self.biases = nn.Parameter(log_popularity - log_popularity[PADDING_ITEM + 1 :].mean())
        self.blocks = nn.ModuleList(_Block(recipe) for _ in range(recipe.blocks))
        self.norm = nn.RMSNorm(recipe.dim, EPSILON)
        cosines, sines = angles(recipe.window, recipe.dim // recipe.heads)
        self.register_buffer("cosines", torch.from_numpy(cosines), persistent=False)
        self.register_buffer("sines", torch.from_numpy(sines), persistent=False)

    def forward(self, items: Tensor) -> Tensor:
        """The state (n, length, dim) after each of ``items`` (n, length), padded at the end."""
        x = self.items(items) * self.recipe.dim**0.5
        x = F.dropout(x, self.recipe.dropout, self.training)
        length = items.shape[1]
        turn = self.cosines[:length], self.sines[:length]
        for block in self.blocks:
            x = block(x, turn)
        return F.dropout(self.norm(x), self.recipe.dropout, self.training)

    @torch.no_grad()
    def arrays(self) -> dict[str, Array]:
        """What a :class:`.reader.HistoryReader` is made of, but for its blend."""

        def of(weight: Tensor) -> Array:
            return weight.detach().float().cpu().numpy()

        def stacked(name: str) -> Array:
            weights = [block.get_parameter(name) for block in self.blocks]
            return of(torch.stack([one.T if one.dim() > 1 else one for one in weights]))

        return {
            "item_neural": of(self.items.weight),
            "item_neural_bias": of(self.biases),
            "neural_heads": of(torch.tensor([self.recipe.heads])).astype("int64"),
            "neural_window": of(torch.tensor([self.recipe.window])).astype("int64"),
            "neural_norm": of(self.norm.weight),
            **{f"neural_{name.replace('.', '_')}": stacked(name) for name in _PARTS},
        }

    @torch.no_grad()
    def start_from(self, arrays: Mapping[str, Array]) -> None:
        """Take the weights of :meth:`arrays`, of a net of the same shape."""
        self.items.weight.copy_(torch.from_numpy(arrays["item_neural"]))
        self.biases.copy_(torch.from_numpy(arrays["item_neural_bias"]))
        self.norm.weight.copy_(torch.from_numpy(arrays["neural_norm"]))
        for name in _PARTS:
            weights = torch.from_numpy(arrays[f"neural_{name.replace('.', '_')}"])
            for block, weight in zip(self.blocks, weights, strict=True):
                block.get_parameter(name).copy_(weight.T if weight.dim() > 1 else weight)


_PARTS = (
    "attention_norm.weight",
    "attention_gate.weight",
    "attention_gate.bias",
    "qkv.weight",
    "out.weight",
    "hidden_norm.weight",
    "hidden_gate.weight",
    "hidden_gate.bias",
    "expand.weight",
    "contract.weight",
)


class _Block(nn.Module):
    def __init__(self, recipe: Recipe) -> None:
        super().__init__()
        dim, hidden = recipe.dim, hidden_width(recipe.dim)
        self.heads, self.dropout = recipe.heads, recipe.dropout
        self.attention_norm = nn.RMSNorm(dim, EPSILON)
        self.attention_gate = nn.Linear(dim, dim)
        self.qkv = nn.Linear(dim, 3 * dim, bias=False)
        self.out = nn.Linear(dim, dim, bias=False)
        self.hidden_norm = nn.RMSNorm(dim, EPSILON)
        self.hidden_gate = nn.Linear(dim, dim)
        self.expand = nn.Linear(dim, 2 * hidden, bias=False)
        self.contract = nn.Linear(hidden, dim, bias=False)
        for weight in self.parameters():
            if weight.dim() > 1:
                nn.init.xavier_uniform_(weight)

    def forward(self, x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
        said = self._attend(self.attention_norm(x), turn)
        x = x + self._drop(said * torch.sigmoid(self.attention_gate(x)))
        gate, value = self.expand(self.hidden_norm(x)).chunk(2, dim=-1)
        said = self.contract(F.silu(gate) * value)
        return x + self._drop(said * torch.sigmoid(self.hidden_gate(x)))

    def _attend(self, x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
        n, length, dim = x.shape
        qkv = self.qkv(x).view(n, length, 3, self.heads, dim // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        attended = F.scaled_dot_product_attention(
            _turned(q, turn), _turned(k, turn), v, is_causal=True
        )
        return self.out(attended.transpose(1, 2).reshape(n, length, dim))

    def _drop(self, x: Tensor) -> Tensor:
        return F.dropout(x, self.dropout, self.training)


def _turned(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """Each pair of numbers of (..., length, d) turned by an angle that grows with its place."""
    cosines, sines = turn
    first, second = x.chunk(2, dim=-1)
    return torch.cat(
        [first * cosines - second * sines, second * cosines + first * sines], dim=-1
    ).to(x.dtype)

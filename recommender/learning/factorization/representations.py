"""Users and items as vectors whose inner product is the score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import scipy.sparse as sp
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from recommender.learning.inner_products import GridVectors
from recommender.learning.layers import FeatureEmbedding, ScaledEmbedding, ZeroEmbedding


class BilinearNet(nn.Module):
    """Inner product of a user's and an item's vector, plus a bias of each.

    Koren, Bell and Volinsky, "Matrix factorization techniques for recommender systems", IEEE
    Computer 2009. With features, a vector or bias is that of the id plus those of its features
    (Kula, 2015); features of the moment are added to the user's vector, so that they act
    differently on each item, and have a bias of their own.

    Parameters
    ----------
    num_users, num_items: int
    embedding_dim: int
    user_embedding_layer, item_embedding_layer: module, optional
        Take ids (any shape) and give vectors (\\*shape, embedding_dim).
    sparse: bool
        Use sparse gradients for the tables.
    user_features, item_features: scipy.sparse matrix, optional
        Shapes (num_users, f) and (num_items, f).
    num_context_features: int
        How many numbers describe the moment of an interaction.
    """

    def __init__(
        self,
        num_users: int,
        num_items: int,
        embedding_dim: int = 32,
        user_embedding_layer: nn.Module | None = None,
        item_embedding_layer: nn.Module | None = None,
        sparse: bool = False,
        *,
        user_features: Any = None,
        item_features: Any = None,
        num_context_features: int = 0,
    ) -> None:
        super().__init__()
        self.num_users = num_users
        self.num_items = num_items
        self.embedding_dim = embedding_dim
        self.user_embeddings = user_embedding_layer or _table(
            num_users, embedding_dim, user_features, sparse
        )
        self.item_embeddings = item_embedding_layer or _table(
            num_items, embedding_dim, item_features, sparse
        )
        self.user_biases = _bias(num_users, user_features, sparse)
        self.item_biases = _bias(num_items, item_features, sparse)
        self.context: nn.Linear | None = None
        if num_context_features:
            self.context = nn.Linear(num_context_features, embedding_dim + 1, bias=False)
            nn.init.zeros_(self.context.weight)

    @classmethod
    def like(cls, weights: Mapping[str, NDArray[Any]], sparse: bool = False) -> BilinearNet:
        """A net of the shape that saved ``weights`` (names as in ``state_dict``) were made by."""
        context = weights.get("context.weight")
        return cls(
            len(_table_weight(weights, "user_biases")),
            len(_table_weight(weights, "item_biases")),
            _table_weight(weights, "item_embeddings").shape[1],
            sparse=sparse,
            user_features=_features(weights, "user_biases"),
            item_features=_features(weights, "item_biases"),
            num_context_features=0 if context is None else context.shape[1],
        )

    def forward(self, user_ids: Tensor, item_ids: Tensor, context: Tensor | None = None) -> Tensor:
        """Scores (\\*shape) of pairs; ``user_ids`` and ``item_ids`` (int64) broadcast.

        ``context`` has shape (\\*user_ids.shape, num_context_features).
        """
        vectors, biases = self.users(user_ids, context)
        scores = (vectors * self.item_embeddings(item_ids)).sum(dim=-1)
        return scores + biases + self.item_biases(item_ids).squeeze(-1)

    def users(self, user_ids: Tensor, context: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Vectors (\\*shape, embedding_dim) and biases (\\*shape) of users in a moment."""
        vectors = self.user_embeddings(user_ids)
        biases = self.user_biases(user_ids).squeeze(-1)
        if self.context is None or context is None:
            return vectors, biases
        moment = self.context(context)
        return vectors + moment[..., :-1], biases + moment[..., -1]

    def tables(self) -> tuple[nn.Module, nn.Module]:
        """The modules that hold the users' and the items' vectors."""
        return self.user_embeddings, self.item_embeddings

    def items(self) -> tuple[Tensor, Tensor]:
        """All items' vectors (num_items, embedding_dim) and biases (num_items,)."""
        ids = torch.arange(self.num_items, device=next(self.parameters()).device)
        return self.item_embeddings(ids), self.item_biases(ids).squeeze(-1)

    def score_all(self, user_ids: Tensor, context: Tensor | None = None) -> Tensor:
        """Scores (n, num_items) of every item for ``user_ids`` (n,)."""
        vectors, biases = self.users(user_ids, context)
        item_vectors, item_biases = self.items()
        return vectors @ item_vectors.T + biases.unsqueeze(-1) + item_biases

    def predict_all(self, user_ids: Tensor, context: Tensor | None = None) -> Tensor:
        """As :meth:`score_all`, in float64: the same to the bit for one user and for many."""
        vectors, biases = self._exact_users(user_ids, context)
        item_vectors, item_biases = self.items()
        scores = vectors.with_all(GridVectors.of(item_vectors))
        return scores + biases.double().unsqueeze(-1) + item_biases

    def predict_pairs(
        self, user_ids: Tensor, item_ids: Tensor, context: Tensor | None = None
    ) -> Tensor:
        """The scores (n,) that :meth:`predict_all` gives these pairs."""
        vectors, biases = self._exact_users(user_ids, context)
        scores = vectors.with_each(GridVectors.of(self.item_embeddings(item_ids)))
        return scores + biases.double() + self.item_biases(item_ids).squeeze(-1)

    def _exact_users(self, user_ids: Tensor, context: Tensor | None) -> tuple[GridVectors, Tensor]:
        vectors, biases = self.users(user_ids)
        if self.context is not None and context is not None:
            moment = GridVectors.of(context).with_all(GridVectors.of(self.context.weight))
            vectors, biases = vectors + moment[..., :-1], biases + moment[..., -1]
        return GridVectors.of(vectors), biases


def _table(size: int, embedding_dim: int, features: Any, sparse: bool) -> nn.Module:
    if features is not None:
        return FeatureEmbedding(features, embedding_dim)
    return ScaledEmbedding(size, embedding_dim, sparse=sparse)


def _bias(size: int, features: Any, sparse: bool) -> nn.Module:
    if features is not None:
        return FeatureEmbedding(features, 1, scaled=False)
    return ZeroEmbedding(size, 1, sparse=sparse)


def _table_weight(weights: Mapping[str, NDArray[Any]], table: str) -> NDArray[Any]:
    """The rows of a plain table, or of the ids of one with features."""
    name = f"{table}.weight"
    return weights[name] if name in weights else weights[f"{table}.ids.weight"]


def _features(weights: Mapping[str, NDArray[Any]], table: str) -> sp.csr_matrix | None:
    if f"{table}.offsets" not in weights:
        return None
    values, ids, offsets = (
        weights[f"{table}.{part}"] for part in ("feature_values", "feature_ids", "offsets")
    )
    return sp.csr_matrix(
        (values, ids, offsets), shape=(len(offsets) - 1, len(weights[f"{table}.features.weight"]))
    )

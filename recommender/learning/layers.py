"""Embedding layers for recommender models."""

from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor, nn

from recommender.learning.hashing import murmurhash3
from recommender.learning.validation import check_positive

# Any different numbers make independent hash functions.
_HASH_SEEDS = tuple(179_424_941 + 2 * n for n in range(24))


class ScaledEmbedding(nn.Embedding):
    """Embedding that starts normal with a standard deviation of one over its dimension."""

    def reset_parameters(self) -> None:
        nn.init.normal_(self.weight, 0.0, 1.0 / self.embedding_dim)
        self._fill_padding_idx_with_zero()


class ZeroEmbedding(nn.Embedding):
    """Embedding that starts at zero: for biases."""

    def reset_parameters(self) -> None:
        nn.init.zeros_(self.weight)


class ScaledEmbeddingBag(nn.EmbeddingBag):
    """Embedding bag that starts normal with a standard deviation of one over its dimension."""

    def reset_parameters(self) -> None:
        nn.init.normal_(self.weight, 0.0, 1.0 / self.embedding_dim)
        if self.padding_idx is not None:
            with torch.no_grad():
                self.weight[self.padding_idx].zero_()


class BloomEmbedding(nn.Module):
    """Embedding of many ids in few rows: each id is the sum of several hashed rows.

    Serrà and Karatzoglou, "Getting deep recommenders fit: Bloom embeddings for sparse binary
    input/output networks", RecSys 2017.

    Parameters
    ----------
    num_embeddings: int
        How many ids there are.
    embedding_dim: int
    compression_ratio: float
        Rows per id: below 1 there are fewer rows than ids.
    num_hash_functions: int
        Rows per id's sum, at most 24.
    bag: bool
        Add up inside an embedding bag: less memory.
    padding_idx: int, optional
        The id whose embedding is always zero.

    Raises
    ------
    ValueError
        Naming the argument and the value.
    """

    hashes: Tensor

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        compression_ratio: float = 0.2,
        num_hash_functions: int = 4,
        bag: bool = False,
        padding_idx: int | None = 0,
    ) -> None:
        super().__init__()
        check_positive("num_embeddings", num_embeddings)
        check_positive("compression_ratio", compression_ratio)
        if not 1 <= num_hash_functions <= len(_HASH_SEEDS):
            raise ValueError(
                f"num_hash_functions must be between 1 and {len(_HASH_SEEDS)}, "
                f"got {num_hash_functions}"
            )
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.compression_ratio = compression_ratio
        self.num_hash_functions = num_hash_functions
        self.padding_idx = padding_idx
        # Row 0 is kept for padding, so that no other id is tied to zero.
        self.compressed_num_embeddings = max(int(compression_ratio * num_embeddings), 2)
        self.bag = bag
        size = (self.compressed_num_embeddings, embedding_dim)
        self.embeddings: nn.Embedding | nn.EmbeddingBag
        if bag:
            self.embeddings = ScaledEmbeddingBag(*size, mode="sum")
        else:
            self.embeddings = ScaledEmbedding(*size, padding_idx=padding_idx and 0)
        self.register_buffer("hashes", torch.from_numpy(self._hash_ids()))

    def extra_repr(self) -> str:
        return f"{self.num_embeddings}, compression_ratio={self.compression_ratio}"

    def forward(self, indices: Tensor) -> Tensor:
        """Embeddings (\\*indices.shape, embedding_dim) of ids (int64)."""
        rows = self.hashes[indices]
        if not self.bag:
            total = self.embeddings(rows).sum(dim=-2)
        else:
            total = self.embeddings(rows.view(-1, self.num_hash_functions))
            total = total.view(*indices.shape, self.embedding_dim)
        if self.padding_idx is None:
            return total
        return total * (indices != self.padding_idx).unsqueeze(-1)

    def _hash_ids(self) -> np.ndarray:
        ids = np.arange(self.num_embeddings)
        rows = self.compressed_num_embeddings - 1
        columns = [murmurhash3(ids, seed) % rows + 1 for seed in _HASH_SEEDS]
        hashes = np.stack(columns[: self.num_hash_functions], axis=1).astype(np.int64)
        if self.padding_idx is not None:
            hashes[self.padding_idx] = 0
        return hashes


class FeatureEmbedding(nn.Module):
    """Embedding of an id plus those of its features, weighted by their values.

    Kula, "Metadata embeddings for user and item cold-start recommendations", 2015 (LightFM). The
    id's own part starts at zero and moves only when the id is met in training, so that an id that
    was never met is the sum of its features.

    Parameters
    ----------
    features: scipy.sparse matrix, shape (num_embeddings, num_features)
    embedding_dim: int
    scaled: bool
        Start the features' embeddings scaled normal, as for vectors; at zero, as for biases,
        otherwise.
    padding_idx: int, optional
        The id whose embedding is always zero.
    """

    feature_ids: Tensor
    feature_values: Tensor
    offsets: Tensor

    def __init__(
        self,
        features: Any,
        embedding_dim: int,
        scaled: bool = True,
        padding_idx: int | None = None,
    ) -> None:
        super().__init__()
        matrix = sp.csr_matrix(features, dtype=np.float32)
        self.num_embeddings, num_features = matrix.shape
        self.embedding_dim = embedding_dim
        self.padding_idx = padding_idx
        self.ids = ZeroEmbedding(self.num_embeddings, embedding_dim, padding_idx=padding_idx)
        kind = ScaledEmbedding if scaled else ZeroEmbedding
        self.features = kind(max(num_features, 1), embedding_dim)
        # Copies: the matrix may be a view of a mapped file, which must not be written to.
        self.register_buffer("feature_ids", torch.tensor(matrix.indices, dtype=torch.long))
        self.register_buffer("feature_values", torch.tensor(matrix.data))
        self.register_buffer("offsets", torch.tensor(matrix.indptr, dtype=torch.long))

    def forward(self, indices: Tensor) -> Tensor:
        """Embeddings (\\*indices.shape, embedding_dim) of ids (int64)."""
        flat = indices.reshape(-1)
        starts = self.offsets[flat]
        counts = self.offsets[flat + 1] - starts
        ends = counts.cumsum(0)
        owner = torch.repeat_interleave(torch.arange(len(flat), device=flat.device), counts)
        place = torch.arange(len(owner), device=flat.device) - (ends - counts)[owner]
        entries = starts[owner] + place
        values = self.features(self.feature_ids[entries]) * self.feature_values[entries, None]
        summed = torch.zeros(len(flat), self.embedding_dim, device=flat.device, dtype=values.dtype)
        summed = summed.index_add(0, owner, values)
        if self.padding_idx is not None:
            summed = summed * (flat != self.padding_idx).unsqueeze(-1)
        return self.ids(indices) + summed.view(*indices.shape, self.embedding_dim)

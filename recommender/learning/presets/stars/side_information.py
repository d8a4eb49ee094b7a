"""What the set of ratings says of items and users besides the stars: which, how many, when.

On small data this is worth more than further factors. As in SVD++ (Koren, "Factorization meets the
neighborhood", KDD 2008) the items that a user chose to rate speak of the user; as in its flipped
form (Rendle et al., "On the difficulty of evaluating baselines", 2019) the users who rated an item
speak of the item.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.linalg import svds

from recommender.learning.interactions import Interactions

TRAIT_SHRINKAGE = 2.0
COMPANY_POWER = 0.3
MAX_EXTRA_FEATURES = 64

# The blocks of the items' columns; block 0 are the ones.
TRAITS, COMPANY, FEATURES = 1, 2, 3

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]


@dataclass(frozen=True)
class FeatureMap:
    """How the caller's features of an item, (F,), become the columns of a fit, (E,).

    ``features @ projection - offset``: at most ``MAX_EXTRA_FEATURES`` directions of them, of mean
    0 over the rated items and of mean square 1 over all.
    """

    projection: Float64
    offset: Float64

    @classmethod
    def learned(cls, features: sp.csr_matrix, rated: NDArray[np.bool_], seed: int) -> FeatureMap:
        """From the features (num_items, F) of the items of a fit."""
        matrix = sp.csr_matrix(features, dtype=float)
        projection = np.eye(matrix.shape[1])
        if matrix.shape[1] > MAX_EXTRA_FEATURES:
            projection = truncated_svd(matrix, MAX_EXTRA_FEATURES, seed)[2].T
        dense = matrix @ projection
        offset = dense[rated].mean(0)
        scale = max(float(np.sqrt(np.mean((dense - offset) ** 2))), 1e-9)
        return cls(projection / scale, offset / scale)

    def __call__(self, features: sp.csr_matrix) -> Float64:
        """The columns (n, E) of items with ``features`` (n, F)."""
        columns: Float64 = sp.csr_matrix(features, dtype=float) @ self.projection - self.offset
        return columns


@dataclass(frozen=True)
class SideInformation:
    """Features of items and users, in blocks of columns that share one ridge penalty each.

    ``items`` (num_items, F) and ``users`` (num_users, H) begin with a column of ones.
    ``item_blocks`` (F,) and ``user_blocks`` (H,) number each column's block; block 0, the ones,
    is not penalised. The users' columns are 1, log count and its square, then the sum of
    ``traits`` (num_items, T) over the rated items divided by their number + ``TRAIT_SHRINKAGE``,
    then the sum of ``company`` (num_items, C) divided by (their number + 1) ** ``COMPANY_POWER``.
    ``embeddings`` (num_items, C) have length 1, or 0 where nothing is known of an item, and
    ``lengths`` (num_items,) are what they had; ``rated`` (num_items,) says which items have
    ratings. ``read_features`` made the extra columns, where the caller gave features.
    """

    items: Float64
    users: Float64
    item_blocks: Int64
    user_blocks: Int64
    traits: Float64
    company: Float64
    embeddings: Float64
    lengths: Float64
    rated: NDArray[np.bool_]
    count_range: tuple[float, float]
    read_features: FeatureMap | None = None

    @property
    def extra(self) -> Float64:
        """The caller's features of the items: (num_items, E), E = 0 where none were given."""
        return self.items[:, self.item_blocks == FEATURES]


def chosen_features(features: Any, interactions: Interactions) -> sp.csr_matrix | None:
    """The item features (num_items, F) given to a fit, else those that the interactions have."""
    if features is None:
        return interactions.item_features
    matrix = sp.csr_matrix(features, dtype=np.float32)
    if matrix.shape[0] != interactions.num_items:
        raise ValueError(
            f"item_features must have {interactions.num_items} rows, got {matrix.shape[0]}"
        )
    return matrix


def rated_interactions(interactions: Interactions) -> Interactions:
    """Those that have a say about stars: all but the ones of weight 0.

    Raises ``ValueError`` when there are none.
    """
    if interactions.weights is None or interactions.weights.all():
        return interactions
    rated = interactions.take(interactions.weights > 0)
    if not len(rated):
        raise ValueError("interactions must have ratings of some weight, got none")
    return rated


def describe(
    interactions: Interactions,
    item_features: sp.csr_matrix | None,
    rank: int,
    seed: int,
    earlier: Mapping[str, NDArray[Any]] | None = None,
) -> SideInformation:
    """Derive the side information, keeping ``rank`` directions of the matrix of who rated what.

    Those of an ``earlier`` export are turned to where they are now, where it has as many.
    """
    user_counts, item_counts = (
        np.bincount(ids, minlength=size).astype(float)
        for ids, size in (
            (interactions.user_ids, interactions.num_users),
            (interactions.item_ids, interactions.num_items),
        )
    )
    met = sp.csr_matrix(
        (
            np.ones(len(interactions), np.float32),
            (interactions.user_ids.astype(np.int32), interactions.item_ids.astype(np.int32)),
        ),
        (interactions.num_users, interactions.num_items),
    )
    traits = _traits(interactions, met, user_counts, item_counts)
    damped = _damped(met, user_counts, item_counts)
    start = None if earlier is None else _directions(earlier, rank)
    triples = truncated_svd(damped, rank + 1, seed) if start is None else turned(damped, start)
    company, spectrum = _company(*triples[1:])
    del damped, triples
    item_blocks = [np.ones((len(item_counts), 1)), traits, company * spectrum]
    read_features = None
    if item_features is not None and item_features.shape[1]:
        read_features = FeatureMap.learned(item_features, item_counts > 0, seed)
        extra = read_features(item_features)
        guess = guess_from_features(company, extra, item_counts > 0)
        company = np.where(item_counts[:, None] > 0, company, guess)
        item_blocks.append(extra)

    of_each_item = company * (item_counts[:, None] + 1.0) ** -COMPANY_POWER
    sizes, count_range = _sizes(user_counts)
    shared = (user_counts[:, None] + 1.0) ** -COMPANY_POWER
    user_blocks: list[Float64] = [
        np.ones((len(user_counts), 1)),
        sizes,
        np.asarray(met @ traits) / (user_counts[:, None] + TRAIT_SHRINKAGE),
        np.asarray(met @ of_each_item) * shared,
    ]
    lengths = np.linalg.norm(company * spectrum, axis=1, keepdims=True)
    rated = item_counts > 0
    if interactions.weights is not None:
        said = interactions.item_ids[interactions.weights > 0]
        rated = np.bincount(said, minlength=len(item_counts)) > 0
    return SideInformation(
        items=np.hstack(item_blocks),
        users=np.hstack(user_blocks),
        item_blocks=_numbered(item_blocks),
        user_blocks=_numbered(user_blocks),
        traits=traits,
        rated=rated,
        company=of_each_item,
        embeddings=company * spectrum / np.where(lengths > 1e-9, lengths, 1.0),
        lengths=lengths.ravel(),
        count_range=count_range,
        read_features=read_features,
    )


def _numbered(blocks: list[Float64]) -> Int64:
    return np.repeat(np.arange(len(blocks)), [block.shape[1] for block in blocks])


def _sizes(user_counts: Float64) -> tuple[Float64, tuple[float, float]]:
    """Log counts and their squares, and the range of counts that training knows."""
    known = user_counts[user_counts > 0]
    low, high = float(known.min()), float(known.max())
    size = np.log(np.clip(user_counts, low, high))
    return np.column_stack([size, size**2]), (low, high)


def _traits(
    interactions: Interactions, met: sp.csr_matrix, user_counts: Float64, item_counts: Float64
) -> Float64:
    """How often, by how active users and when each item is rated; of mean 0 over the ratings."""
    size = np.log(np.maximum(item_counts, 1.0))
    activity = met.T @ np.log(np.maximum(user_counts, 1.0))
    columns = [size, (size - size[item_counts > 0].mean()) ** 2, _mean(activity, item_counts)]
    if interactions.timestamps is not None:
        times = interactions.timestamps.astype("int64" if _is_date(interactions) else float)
        times = (times - times.mean()) / max(float(times.std()), 1e-9)
        first = np.full(len(item_counts), np.inf)
        np.minimum.at(first, interactions.item_ids, times)
        total = np.bincount(interactions.item_ids, times, len(item_counts)).astype(float)
        first[item_counts == 0] = 0.0
        columns += [_mean(total, item_counts), _mean(first * item_counts, item_counts)]
    traits = np.column_stack(columns)
    traits -= (item_counts @ traits) / item_counts.sum()
    return traits / np.maximum(traits[item_counts > 0].std(0), 1e-9)


def _is_date(interactions: Interactions) -> bool:
    return interactions.timestamps is not None and interactions.timestamps.dtype.kind == "M"


def _mean(totals: Float64, counts: Float64) -> Float64:
    """Totals over counts; where there is nothing to count, the mean of the others."""
    rated = counts > 0
    means = np.divide(totals, counts, out=np.zeros(len(counts)), where=rated)
    return np.where(rated, means, means[rated].mean())


def _damped(met: sp.csr_matrix, user_counts: Float64, item_counts: Float64) -> sp.csr_matrix:
    """The matrix of who rated what, damped by how much each user and item rates."""
    of_users, of_items = ((counts + 1.0) ** -COMPANY_POWER for counts in (user_counts, item_counts))
    values = met.data * np.repeat(of_users, np.diff(met.indptr))
    values *= of_items[met.indices]
    return sp.csr_matrix((values, met.indices, met.indptr), met.shape)


def _company(values: Float64, right: Float64) -> tuple[Float64, Float64]:
    """Directions (num_items, C) in which sets of ratings differ, and their weights (C,).

    Of the singular vectors of the damped matrix the first, which says again how often an item is
    rated, is left out.
    """
    company, values = right[1:].T, values[1:]
    scale = np.sqrt(len(company) / max(len(values), 1))
    if not len(values) or values[0] < 1e-9:
        return np.zeros((len(company), 1)), np.ones(1)
    return company * scale, values / np.sqrt(np.mean(values**2))


def _directions(arrays: Mapping[str, NDArray[Any]], rank: int) -> Float64 | None:
    """The directions (num_items, ``rank``) of an export, each of some length; None without."""
    if "item_lengths" not in arrays or arrays["item_embeddings"].shape[1] != rank:
        return None
    return np.asarray(arrays["item_embeddings"] * arrays["item_lengths"][:, None], float)


def turned(matrix: sp.csr_matrix, start: Float64) -> tuple[Float64, ...]:
    """As many singular triples as ``start`` (n, C) has columns, and one, from close to them.

    By a step of subspace iteration (Halko, Martinsson and Tropp, 2011), which is enough where few
    of the ratings are new.
    """
    often = matrix.T @ (matrix @ np.ones(matrix.shape[1]))
    basis = np.linalg.qr(np.column_stack([often, start]))[0]
    basis = np.linalg.qr(matrix.T @ (matrix @ basis))[0]
    left, values, right = np.linalg.svd(matrix @ basis, full_matrices=False)
    return left, values, right @ basis.T


def truncated_svd(matrix: sp.csr_matrix, rank: int, seed: int) -> tuple[Float64, ...]:
    """The largest ``rank`` singular triples (or all there are), largest first."""
    smaller = min(matrix.shape)
    if smaller <= max(rank + 1, 64):
        left, values, right = np.linalg.svd(matrix.toarray(), full_matrices=False)
    else:
        start = np.random.RandomState(seed).standard_normal(smaller)
        left, values, right = svds(matrix, k=rank, v0=start)
    order = np.argsort(-values)[:rank]
    return left[:, order], values[order], right[order]


def guess_from_features(values: Float64, features: Float64, rated: NDArray[np.bool_]) -> Float64:
    """What ``values`` (num_items, C) of rated items say of every item with such features."""
    return with_ones(features) @ coefficients_of(values, features, rated)


def coefficients_of(values: Float64, features: Float64, rated: NDArray[np.bool_]) -> Float64:
    """The ridge regression (1 + E, C) of ``values`` on ``features`` (num_items, E)."""
    design = with_ones(features)[rated]
    inner = design.T @ design + np.eye(design.shape[1])
    return np.asarray(np.linalg.solve(inner, design.T @ values[rated]), np.float64)


def with_ones(features: Float64) -> Float64:
    """A column of ones before the features: (n, 1 + E)."""
    return np.column_stack([np.ones(len(features)), features])

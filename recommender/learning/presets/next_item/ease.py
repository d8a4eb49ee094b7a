"""EASE, a linear autoencoder in closed form, at chosen pairs of items. Numpy and scipy only.

Steck 2019, "Embarrassingly shallow autoencoders for sparse data": the item-to-item weights that
best rebuild each user's items from the user's other items, under ridge regularisation.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

_MOST_USERS = 4000
_MOST_ITEMS = 5000
_CELLS_AT_ONCE = 2**24


def autoencoder_weights(
    met: sp.csr_array, offsets: NDArray[Any], ids: NDArray[Any], ridge: float
) -> NDArray[np.float32]:
    """The weight of item i for item j at each entry (i, j) of the sparse rows.

    ``met`` (num_users, num_items) holds ones. The inverse is taken over users where they are
    few, else over the most popular items, and the weights of the others are 0.
    """
    if met.shape[0] <= _MOST_USERS:
        return _through_users(met, offsets, ids, ridge)
    return _through_items(met, offsets, ids, ridge)


def _through_users(
    met: sp.csr_array, offsets: NDArray[Any], ids: NDArray[Any], ridge: float
) -> NDArray[np.float32]:
    """(X'X + rI)^-1 = (I - X'(XX' + rI)^-1 X) / r, so only users x users is inverted."""
    gram = (met @ met.T).toarray().astype(np.float64)
    gram[np.diag_indices_from(gram)] += ridge
    dense = met.toarray().astype(np.float32)
    projected = np.linalg.inv(gram).astype(np.float32) @ dense
    diagonal = 1.0 - np.einsum("ui,ui->i", dense, projected)
    by_item = met.T.tocsr()
    result = np.empty(len(ids), np.float32)
    step = max(1, _CELLS_AT_ONCE // met.shape[1])
    for start in range(0, met.shape[1], step):
        stop = min(start + step, met.shape[1])
        block = by_item[start:stop] @ projected
        part = slice(offsets[start], offsets[stop])
        rows = np.repeat(np.arange(stop - start), np.diff(offsets[start : stop + 1]))
        result[part] = block[rows, ids[part]] / diagonal[ids[part]]
    return result


def _through_items(
    met: sp.csr_array, offsets: NDArray[Any], ids: NDArray[Any], ridge: float
) -> NDArray[np.float32]:
    popularity = np.asarray(met.sum(axis=0)).ravel()
    kept = np.sort(np.argsort(-popularity, kind="stable")[:_MOST_ITEMS])
    place = np.full(met.shape[1], -1)
    place[kept] = np.arange(len(kept))
    some = met[:, kept]
    gram = (some.T @ some).toarray().astype(np.float32)
    gram[np.diag_indices_from(gram)] += ridge
    inverse = np.linalg.inv(gram)
    weights = -inverse / np.diag(inverse)
    rows = np.repeat(place, np.diff(offsets))
    columns = place[ids]
    known = (rows >= 0) & (columns >= 0)
    result = np.zeros(len(ids), np.float32)
    result[known] = weights[rows[known], columns[known]]
    return result

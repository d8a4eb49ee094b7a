"""EASE, a linear autoencoder in closed form, at chosen pairs of items. Numpy and scipy only.

Steck 2019, "Embarrassingly shallow autoencoders for sparse data": the item-to-item weights that
best rebuild each user's items from the user's other items, under ridge regularisation.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.linalg import lapack

from recommender.learning.arrays import Array

_MOST_USERS = 4000
_MOST_ITEMS = 5000
_CELLS_AT_ONCE = 2**22
_MET_AT_ONCE = 2_000_000
_LONG = 400  # a dense product is quicker for users with more items


class Autoencoder:
    """The weights of item i for item j, learned from all users, or without some.

    The inverse is taken over users where they are few, else over the most popular items, and the
    weights of the others are 0. What the latter's matrix adds up over users is added up once.

    Parameters
    ----------
    users, items: integers, shape (n,)
        Users ascending from 0 without gaps; which items each met, repeated or not.
    met: numbers, shape (num_items,)
        How often each item occurs.
    """

    def __init__(self, users: Array, items: Array, met: Array, ridge: float) -> None:
        self._users, self._items, self._ridge = users, items, ridge
        self._num_users, self._num_items = int(users[-1]) + 1, len(met)
        self._popular = np.sort(np.argsort(-met, kind="stable")[:_MOST_ITEMS])
        self._gram: NDArray[np.float32] | None = None
        if self._num_users > _MOST_USERS:
            self._gram = self._products(np.ones(self._num_users, bool), None)

    def weights(
        self, offsets: Array, ids: Array, held: NDArray[np.bool_] | None = None
    ) -> NDArray[np.float32]:
        """The weight at each entry (i, j) of the sparse rows, learned without what is ``held``
        (n,) out."""
        if self._gram is None:
            rows = slice(None) if held is None else ~held
            users = _numbered(self._users[rows])
            return _through_users(self._met(users, self._items[rows]), offsets, ids, self._ridge)
        gram = self._gram.copy()
        if held is not None:
            touched = np.zeros(self._num_users, bool)
            touched[self._users[held]] = True
            gram -= self._products(touched, None)
            left = np.zeros(self._num_users, bool)
            left[self._users[~held]] = True
            left &= touched
            if left.any():
                gram += self._products(left, ~held)
        return self._through_items(gram, offsets, ids)

    def _met(self, users: Array, items: Array) -> sp.csr_array:
        """Ones where a user met an item."""
        shape = (int(users[-1]) + 1 if len(users) else 0, self._num_items)
        ones = np.ones(len(items), np.float32)
        met = sp.coo_array((ones, (users, items)), shape=shape).tocsr()
        met.data[:] = 1.0
        return met

    def _products(
        self, chosen: NDArray[np.bool_], rows: NDArray[np.bool_] | None
    ) -> NDArray[np.float32]:
        """How many of the ``chosen`` users met both of two popular items, for all pairs."""
        gram = np.zeros((len(self._popular), len(self._popular)), np.float32)
        start = 0
        while start < len(self._users):
            last = self._users[min(start + _MET_AT_ONCE, len(self._users)) - 1]
            stop = int(np.searchsorted(self._users, last, side="right"))
            some = slice(start, stop)
            wanted = chosen[self._users[some]] & (True if rows is None else rows[some])
            if wanted.any():
                users = _numbered(self._users[some][wanted])
                met = self._met(users, self._items[some][wanted])[:, self._popular]
                long = np.diff(met.indptr) > _LONG
                for few in np.array_split(np.flatnonzero(long), 1 + int(long.sum()) // 1000):
                    dense = met[few].toarray()
                    gram += dense.T @ dense
                _add(gram, met[np.flatnonzero(~long)])
            start = stop
        return gram

    def _through_items(
        self, gram: NDArray[np.float32], offsets: Array, ids: Array
    ) -> NDArray[np.float32]:
        gram[np.diag_indices_from(gram)] += self._ridge
        inverse = _inverse(gram)
        diagonal = np.diag(inverse).copy()
        place = np.full(self._num_items, -1)
        place[self._popular] = np.arange(len(self._popular))
        result = np.zeros(len(ids), np.float32)
        for item, row in zip(self._popular.tolist(), inverse, strict=True):
            entries = slice(*offsets[item : item + 2].tolist())
            columns = place[ids[entries]]
            known = columns >= 0
            result[entries] = np.where(known, -row[columns] / diagonal[columns], 0.0)
        return result


def _numbered(users: Array) -> Array:
    """Ascending ids (n,) as 0, 1 and so on."""
    return np.cumsum(np.concatenate([[False], users[1:] != users[:-1]])[: len(users)])


def _add(gram: NDArray[np.float32], met: sp.csr_array) -> None:
    """Add ``met.T @ met`` to a dense matrix, without another of its size."""
    by_item = met.T.tocsr()
    step = max(1, _CELLS_AT_ONCE // len(gram))
    for start in range(0, len(gram), step):
        product = by_item[start : start + step] @ met
        gram[start : start + step] += product.toarray()


def _inverse(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of a positive definite matrix, in half the time that others take."""
    factor, failed = lapack.spotrf(matrix, lower=0)
    if failed:
        return np.linalg.inv(matrix)
    inverse, failed = lapack.spotri(factor, lower=0, overwrite_c=1)
    if failed:
        return np.linalg.inv(matrix)
    for row in range(len(inverse)):
        inverse[row:, row] = inverse[row, row:]
    return np.asarray(inverse.T, np.float32)


def _through_users(
    met: sp.csr_array, offsets: Array, ids: Array, ridge: float
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

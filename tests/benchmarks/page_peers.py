"""What the page is compared with: lists of 24 films by simple and by well-known means."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.sparse as sp

from recommender.learning.arrays import FloatArray, IntArray
from recommender.learning.factorization.als import ImplicitALSModel

from .page_world import Site

LATELY = 8000  # ratings; of 1,000 to 16,000 the window that did best before the replayed time
SHRINKAGE = 10.0
RIDGE = 200.0
FEWEST = 3  # ratings of a film that EASE knows

Peer = Callable[[IntArray, int], FloatArray]
"""Scores of all items from the items of a history and the number of ratings made before."""


def peers(site: Site) -> dict[str, Peer]:
    met = sp.csr_matrix(
        (
            np.ones(site.stop, np.float32),
            (site.ratings.users[: site.stop], site.ratings.items[: site.stop]),
        ),
        shape=(int(site.ratings.users.max()) + 1, site.ratings.num_items),
    )
    als = ImplicitALSModel(random_state=0).fit(site.ratings.interactions(site.stop))
    return {
        "popular": lambda history, now: site.counts.astype(np.float32),
        "popular lately": lambda history, now: _lately(site, now),
        "item kNN": _item_knn(met),
        "EASE": _ease(met, site.counts),
        "ALS": lambda history, now: als.predict(als.fold_in(history)),
    }


def _lately(site: Site, now: int) -> FloatArray:
    newest = site.ratings.items[max(0, now - LATELY) : now]
    return np.bincount(newest, minlength=site.ratings.num_items).astype(np.float32)


def _item_knn(met: sp.csr_matrix) -> Peer:
    together = (met.T @ met).tocsr()
    sizes = together.diagonal()

    def scores(history: IntArray, now: int) -> FloatArray:
        rows = together[history].multiply(1 / np.sqrt(np.maximum(sizes[history], 1))[:, None])
        found = np.asarray(rows.sum(axis=0)).ravel() / np.sqrt(sizes + SHRINKAGE)
        return found.astype(np.float32)

    return scores


def _ease(met: sp.csr_matrix, counts: IntArray) -> Peer:
    """Steck, "Embarrassingly shallow autoencoders for sparse data" (WWW 2019)."""
    known = np.flatnonzero(counts >= FEWEST)
    gram = (met[:, known].T @ met[:, known]).toarray().astype(np.float64)
    gram[np.diag_indices(len(known))] += RIDGE
    inverse = np.linalg.inv(gram)
    weights = (-inverse / np.diag(inverse)).astype(np.float32)
    weights[np.diag_indices(len(known))] = 0.0
    place = np.full(len(counts), -1)
    place[known] = np.arange(len(known))

    def scores(history: IntArray, now: int) -> FloatArray:
        chosen = place[history]
        found = np.full(len(counts), -np.inf, np.float32)
        found[known] = weights[chosen[chosen >= 0]].sum(axis=0)
        return found

    return scores

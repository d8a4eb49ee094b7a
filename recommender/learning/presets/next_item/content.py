"""How often an item will be chosen that nobody has met, by what it is.

The logarithms of the counts of all items, those without interactions included, regressed on the
items' features: another part of a series that many follow will find many, too. Together the items
that nobody has met get no more than the share of first meetings among the newest interactions.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import lsmr

from recommender.learning.arrays import IntArray
from recommender.learning.interactions import PADDING_ITEM, Interactions

# Chosen on films that were new after the first 60 % of ratings_small: see docs/models/pages.md.
RIDGE = 1.0
COUNT_OFFSET = 0.5
NEWEST = 0.1  # of all interactions
LAST = 0.2  # of all interactions: what features foretell is judged on the items first met there
FEWEST_MET = 50


def content_popularity(data: Interactions) -> NDArray[np.float32] | None:
    """Log of an item's expected share of all interactions, linear in its features.

    Shape (1 + F,): that of an item without features, then what each adds. None where the
    interactions have no item features; nothing is added where features have told nothing of the
    items that were met last.
    """
    if data.item_features is None:
        return None
    order = np.arange(len(data)) if data.timestamps is None else np.argsort(data.timestamps)
    item_ids = data.item_ids[order]
    counts = np.bincount(item_ids, minlength=data.num_items)
    features = data.item_features.astype(np.float64)
    mean, slopes = _regress(features, counts)
    if not _foretells(features, item_ids):
        slopes = np.zeros_like(slopes)
    new = (counts == 0) & np.asarray(features.sum(axis=1) > 0).ravel()
    new[PADDING_ITEM] = False
    foreseen = np.exp(mean + features[new] @ slopes).sum()
    mean += min(0.0, np.log(_share_of_first_meetings(item_ids) / max(foreseen, 1e-12)))
    return np.concatenate([[mean], slopes]).astype(np.float32)


def _regress(features: csr_matrix, counts: IntArray) -> tuple[float, NDArray[np.float64]]:
    """Log shares of all items but the padding: their mean, and what each feature adds."""
    items = np.arange(len(counts)) != PADDING_ITEM
    heights = np.log(counts[items] + COUNT_OFFSET) - np.log(max(counts.sum(), 1))
    mean = float(heights.mean())
    if not features.shape[1]:
        return mean, np.zeros(0)
    return mean, lsmr(features[items], heights - mean, damp=np.sqrt(RIDGE))[0]


def _foretells(features: csr_matrix, item_ids: IntArray) -> bool:
    """Whether features, learned from older interactions, favour what was chosen oftener afterwards.

    Of the items first met in the last fifth: those of a larger foreseen share were chosen oftener
    than these items on average. True where too few items tell.
    """
    older, newer = np.split(item_ids, [int((1 - LAST) * len(item_ids))])
    before, after = (np.bincount(part, minlength=features.shape[0]) for part in (older, newer))
    met = np.flatnonzero((before == 0) & (after > 0))
    if len(met) < FEWEST_MET:
        return True
    heights = features[met] @ _regress(features, before)[1]
    weights = np.exp(heights - heights.max())
    return float(weights @ after[met] / weights.sum()) > float(after[met].mean())


def _share_of_first_meetings(item_ids: IntArray) -> float:
    """How many of the newest interactions are the first of their item, at least one."""
    _, first = np.unique(item_ids, return_index=True)
    newest = max(1, int(NEWEST * len(item_ids)))
    return max(1, int((first >= len(item_ids) - newest).sum())) / newest

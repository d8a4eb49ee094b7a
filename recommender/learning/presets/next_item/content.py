"""How often an item will be chosen that nobody has met, by what it is.

The logarithms of the counts of all items, those without interactions included, regressed on the
items' features: another part of a series that many follow will find many, too. Together the items
that nobody has met get no more than the share of first meetings among the newest interactions.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.linalg import lsmr

from recommender.learning.interactions import PADDING_ITEM, Interactions

# Chosen on films that were new after the first 60 % of ratings_small: see docs/models/pages.md.
RIDGE = 1.0
COUNT_OFFSET = 0.5
NEWEST = 0.1  # of all interactions


def content_popularity(data: Interactions) -> NDArray[np.float32] | None:
    """Log of an item's expected share of all interactions, linear in its features.

    Shape (1 + F,): that of an item without features, then what each adds. None where the
    interactions have no item features.
    """
    if data.item_features is None:
        return None
    items = np.arange(data.num_items) != PADDING_ITEM
    counts = np.bincount(data.item_ids, minlength=data.num_items)[items]
    heights = np.log(counts + COUNT_OFFSET) - np.log(max(counts.sum(), 1))
    mean = float(heights.mean())
    features = data.item_features.astype(np.float64)[items]
    slopes = np.zeros(0)
    if features.shape[1]:
        slopes = lsmr(features, heights - mean, damp=np.sqrt(RIDGE))[0]
    new = (counts == 0) & np.asarray(features.sum(axis=1) > 0).ravel()
    foreseen = np.exp(mean + features[new] @ slopes).sum()
    mean += min(0.0, np.log(_share_of_first_meetings(data) / max(foreseen, 1e-12)))
    return np.concatenate([[mean], slopes]).astype(np.float32)


def _share_of_first_meetings(data: Interactions) -> float:
    """How many of the newest interactions are the first of their item, at least one."""
    order = np.arange(len(data)) if data.timestamps is None else np.argsort(data.timestamps)
    _, first = np.unique(data.item_ids[order], return_index=True)
    newest = max(1, int(NEWEST * len(data)))
    return max(1, int((first >= len(data) - newest).sum())) / newest

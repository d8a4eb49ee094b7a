"""Warm start: the arrays of an earlier version on the item numbers of a new snapshot."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from recommender.learning.arrays import Array, IntArray, positions

ITEM_AXIS_PREFIX = "item_"
MOVIE_IDS = "item_movie_ids"


def align_items(arrays: Mapping[str, Array], item_movie_ids: IntArray) -> dict[str, Array]:
    """Put the rows of every per-item array where the new numbering has their films.

    Parameters
    ----------
    arrays
        An export with ``item_movie_ids`` int64 (num_items,), ascending; item 0 is padding. Arrays
        whose name begins with ``item_`` have the items on axis 0.
    item_movie_ids
        int64 (n,): the film of each item now, ascending.

    Returns
    -------
    dict
        The arrays with n rows, zero for films that the version did not know; ``item_movie_ids``
        is 0 for those films, so that a model can tell them from known ones. Arrays without an
        item axis are passed on as they are.
    """
    old_ids = arrays[MOVIE_IDS]
    places = positions(old_ids, item_movie_ids)
    known = places >= 0
    aligned: dict[str, Array] = {}
    for name, array in arrays.items():
        if not name.startswith(ITEM_AXIS_PREFIX):
            aligned[name] = array
            continue
        moved = np.zeros((len(item_movie_ids), *array.shape[1:]), array.dtype)
        moved[known] = array[places[known]]
        aligned[name] = moved
    return aligned

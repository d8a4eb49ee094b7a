"""The holdout: which ratings no model ever trains on.

A rating is held out by a hash of its user and its film: the same ratings for every version, on
every machine, so that any two versions can be compared on them, and what is compared is bit for
bit what is served. A version that held out more holds out all that one with less held out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_AT_ONCE = 2**20


def holdout_position(
    user_ids: NDArray[np.signedinteger], movie_ids: NDArray[np.signedinteger]
) -> NDArray[np.float64]:
    """A fixed number in [0, 100) for each pair of primary keys, evenly spread.

    The mixing function is that of SplitMix64 (Steele, Lea and Flood, 2014).
    """
    with np.errstate(over="ignore"):
        mixed = user_ids.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        mixed = _mix(mixed + movie_ids.astype(np.uint64))
    return (mixed >> np.uint64(11)).astype(np.float64) * (100.0 / 2**53)


def held_out(
    user_ids: NDArray[np.signedinteger], movie_ids: NDArray[np.signedinteger], percent: float
) -> NDArray[np.bool_]:
    """True for the ratings that are kept from training at this share."""
    held = np.empty(len(user_ids), np.bool_)
    for start in range(0, len(held), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        held[some] = holdout_position(user_ids[some], movie_ids[some]) < percent
    return held


def _mix(number: NDArray[np.uint64]) -> NDArray[np.uint64]:
    number = (number ^ (number >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    number = (number ^ (number >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return number ^ (number >> np.uint64(31))

"""How much memory a fit of the presets takes at most, from the size of the data: no torch, no fit.

Measured on synthetic data, see docs/performance.md, and rounded up.
"""

from __future__ import annotations

from recommender.learning.presets.stars.width import factors_for

_INTERPRETER = 500_000_000  # with torch
_SNAPSHOT = 13 + 28  # bytes a rating: as it came from the database, and as interactions

_IN_HISTORIES = 30  # bytes a rating: where it stands in a history, and what is held out
_PAIR = 80  # as counted of everything, and in the tables of a part and of the next one
_PAIRS_KEPT = 12_000_000
_NEIGHBOURS_KEPT = 1_500  # of an item
_PAIRS_OF_RATING = 30
_SHORTLISTS = 350_000_000
_AUTOENCODER = 400_000_000  # four matrices of 5,000 popular items


def explicit_memory(ratings: int, users: int, items: int) -> int:
    """Bytes that a fit of stars takes: cells of ratings, and a covariance for each row."""
    width = 1 + factors_for(ratings)
    of_row = 4 * width**2 + 8 * (4 * width + 48)
    of_cells = 8 * width**2 * (2**14 * 4 + 2**16)
    return _INTERPRETER + (_SNAPSHOT + 60) * ratings + of_row * (users + 2 * items) + of_cells


def sequence_memory(ratings: int, users: int, items: int) -> int:
    """Bytes that a fit of what comes next takes: ratings, and the pairs that are kept."""
    pairs = min(_PAIRS_KEPT, _NEIGHBOURS_KEPT * items, _PAIRS_OF_RATING * ratings)
    inverse = int(_AUTOENCODER * min(1.0, users / 4000))
    of_all = _INTERPRETER + _SHORTLISTS + inverse
    return of_all + (_SNAPSHOT + _IN_HISTORIES) * ratings + _PAIR * pairs

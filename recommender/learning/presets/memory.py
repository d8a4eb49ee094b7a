"""How much memory a fit of the presets takes at most, from the size of the data: no torch, no fit.

Measured on synthetic data, see docs/performance.md, and rounded up.
"""

from __future__ import annotations

from recommender.learning.presets.stars.width import factors_for

_INTERPRETER = 500_000_000  # with torch
_SNAPSHOT = 13 + 28  # bytes a rating: as it came from the database, and as interactions

_CELLS = 4 + 2 * 8  # bytes a rating: its weight, and what each side keeps of it
_AT_START = 56  # bytes a rating: the matrix of who rated what, and what its directions take
_FEATURES = 48
_PARTS = 150_000_000  # of a few thousand rows

_IN_HISTORIES = 10 + 13  # bytes a rating: where it stands in a history; what is held out
_PAIR = 80  # as counted of everything, and in the tables of a part and of the next one
_PAIRS_KEPT = 12_000_000
_NEIGHBOURS_KEPT = 1_500  # of an item
_PAIRS_OF_RATING = 30
_SHORTLISTS = 390_000_000
_COUNTED_ONCE = 40 * 6_000_000  # _READY_ENTRIES of presets/next_item/learn.py
_AUTOENCODER = 400_000_000  # four matrices of 5,000 popular items


def explicit_memory(ratings: int, users: int, items: int) -> int:
    """Bytes that a fit of stars takes: what stays of ratings and rows, and one cell's work."""
    width = 1 + factors_for(ratings)
    packed = width * (width + 1) // 2
    of_row = 4 * packed + 8 * (8 * width + _FEATURES)
    of_cell = 8 * packed * (3 * min(2**14, users + items) + min(2**16, users + items))
    at_start = (_SNAPSHOT + _AT_START) * ratings + 8 * _FEATURES * users
    in_rounds = (_SNAPSHOT + _CELLS) * ratings + of_row * (users + 2 * items) + of_cell
    return _INTERPRETER + _PARTS + max(at_start, in_rounds)


def sequence_memory(ratings: int, users: int, items: int) -> int:
    """Bytes that a fit of what comes next takes: ratings, and the pairs that are kept."""
    pairs = min(_PAIRS_KEPT, _NEIGHBOURS_KEPT * items, _PAIRS_OF_RATING * ratings)
    inverse = int(_AUTOENCODER * min(1.0, users / 4000))
    once = min(_COUNTED_ONCE, 3 * 40 * pairs) if pairs < _PAIRS_KEPT else 0
    of_all = _INTERPRETER + _SHORTLISTS + inverse + once
    return of_all + (_SNAPSHOT + _IN_HISTORIES) * ratings + _PAIR * pairs

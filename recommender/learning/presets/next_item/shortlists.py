"""Questions whose answers a first score puts among the best: a reranker learns from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from recommender.learning.arrays import Array
from recommender.learning.presets.next_item.neighbour_rows import DECAYS, SPAN, NeighbourRows
from recommender.learning.presets.next_item.reranker import OWN, READ, SHORTLIST, pull_features
from recommender.learning.presets.next_item.scorer import FirstLook, SequenceScorer

_CELLS = 2**17  # of a history and an item, of as many histories as are looked at together


class Shortlists:
    """Lists of items, and what a reranker reads of them.

    ``scores`` float32 (n, SHORTLIST) at first look, minus infinity where a list is shorter;
    ``own`` float32 (n, SHORTLIST, OWN); ``pulls`` float16 (n, SHORTLIST, READ, 2 DECAYS + 1), of
    which the last is 1 for a neighbour, and all are 0 for an item that is none; ``right`` int64
    (n,), the place of the right item; ``users`` int64 (n,), whose list it is. There is ``room`` for
    so many lists, and memory is taken when they come.
    """

    def __init__(self, room: int) -> None:
        self._scores = np.empty((room, SHORTLIST), np.float32)
        self._own = np.empty((room, SHORTLIST, OWN), np.float32)
        self._pulls = np.empty((room, SHORTLIST, READ, 2 * len(DECAYS) + 1), np.float16)
        self._right = np.empty(room, np.int64)
        self._users = np.empty(room, np.int64)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @property
    def scores(self) -> Array:
        return self._scores[: self._size]

    @property
    def own(self) -> Array:
        return self._own[: self._size]

    @property
    def pulls(self) -> Array:
        return self._pulls[: self._size]

    @property
    def right(self) -> Array:
        return self._right[: self._size]

    @property
    def users(self) -> Array:
        return self._users[: self._size]

    def add(self, user: int, scores: Array, own: Array, pulls: Array, right: int) -> None:
        """A list of ``user``: ``scores`` (k,), ``own`` (k, OWN), ``pulls`` (k, up to READ,
        2 DECAYS)."""
        row, listed, read = self._size, *pulls.shape[:2]
        for array, value in ((self._scores, -np.inf), (self._own, 0.0), (self._pulls, 0.0)):
            array[row] = value
        self._scores[row, :listed] = scores
        self._own[row, :listed] = own
        self._pulls[row, :listed, :read, :-1] = pull_features(pulls)
        self._pulls[row, :listed, :read, -1] = pulls.any(axis=-1)
        self._right[row] = right
        self._users[row] = user
        self._size += 1


def draw_up(
    lists: Shortlists,
    first_score: SequenceScorer,
    users: Array,
    histories: list[Array],
    targets: Array,
) -> None:
    """Add the items that come first after each history (not empty), where the target is one.

    Quickest where histories that go on from each other follow each other.
    """
    growing = _GrowingHistory(first_score.rows)
    at_once = max(1, _CELLS // first_score.num_items)
    for start in range(0, len(histories), at_once):
        some = slice(start, start + at_once)
        looks = first_score.first_looks(histories[some], *growing.sums_of_each(histories[some]))
        found: list[tuple[int, FirstLook, Array, int]] = []
        for user, look, target in zip(users[some], looks, targets[some], strict=True):
            if not _is_beyond(look, target):
                listed = first_score.shortlist(look)
                if (places := np.flatnonzero(listed == target)).size:
                    found.append((int(user), look, listed, int(places[0])))
        if found:
            _add(lists, first_score, found)


def _add(
    lists: Shortlists, scorer: SequenceScorer, found: list[tuple[int, FirstLook, Array, int]]
) -> None:
    """Add lists with what is read of their items: of each the user, the look, the items (k,) and
    the place of the right one."""
    own, pulls = scorer.reading(
        [look for _, look, _, _ in found], [items for _, _, items, _ in found]
    )
    start = 0
    for user, look, items, right in found:
        rows = slice(start, start + len(items))
        lists.add(user, look.scores[items], own[rows], pulls[rows], right)
        start = rows.stop


def _is_beyond(look: FirstLook, target: int) -> bool:
    """Whether too many items come before ``target`` for it to be listed: told sooner than the list
    is drawn up."""
    own = look.scores[target]
    above = np.count_nonzero(look.scores > own)
    return bool(above - np.count_nonzero(look.scores[look.history] > own) >= SHORTLIST)


class _GrowingHistory:
    """Evidence and affinity of histories, each from those of the one before where it goes on.

    The sums are kept as they were ``age`` items ago, and what comes is made as much larger as
    they have decayed: so nothing but the neighbours of what comes is touched. Both are added at
    once, as the two parts of a complex number.
    """

    _OLDEST = 40  # 1 / .5 ** 40 is well within single precision
    _LEFT = 1e-3  # of what an item said at first, when it leaves the span: less is let be

    def __init__(self, rows: NeighbourRows) -> None:
        self._offsets = rows.offsets.tolist()
        # Numpy would make indices of this type at each look, and columns are added up one by one.
        self._ids = np.asarray(rows.ids).astype(np.intp)
        self._values = np.empty((len(DECAYS), len(rows.ids)), np.complex64)
        for decay, column in enumerate(self._values):
            column.real, column.imag = rows.values[:, decay], rows.values[:, len(DECAYS) + decay]
        self._decays = np.array(DECAYS, np.float32)
        self._all = range(len(DECAYS))
        self._slow = np.flatnonzero(self._decays**SPAN > self._LEFT).tolist()
        self._sums = np.zeros((len(DECAYS), rows.num_items), np.complex64)
        self._history = np.zeros(0, np.int64)
        self._age = 0

    def sums_of_each(self, histories: Sequence[Array]) -> tuple[Array, Array]:
        """The evidence and the affinity (n, num_items) that each history gives."""
        evidence, affinity = np.empty((2, len(histories), self._sums.shape[1]), np.float32)
        for row, history in enumerate(histories):
            self._read(history)
            both = (self._decays**self._age) @ self._sums.view(np.float32)
            np.maximum(both[::2], 0.0, out=evidence[row])
            affinity[row] = both[1::2]
        return evidence, affinity

    def _read(self, history: Array) -> None:
        """Go on to a history."""
        known = len(self._history)
        goes_on = known <= len(history) and np.array_equal(history[:known], self._history)
        if goes_on and len(history) - known <= SPAN // 2:
            for place in range(known, len(history)):
                self._append(history, place)
        else:
            self._sums[:] = 0.0
            self._age = 0
            for back, item in enumerate(history[::-1][:SPAN].tolist()):
                self._add(item, self._decays**back, self._all)
        self._history = history

    def _append(self, history: Array, place: int) -> None:
        self._age += 1
        if self._age > self._OLDEST:
            self._sums *= self._decays[:, None] ** self._age
            self._age = 0
        self._add(int(history[place]), self._decays**-self._age, self._all)
        if place >= SPAN:
            weights = -(self._decays ** (SPAN - self._age))
            self._add(int(history[place - SPAN]), weights, self._slow)

    def _add(self, item: int, weights: Array, columns: Iterable[int]) -> None:
        row = slice(self._offsets[item], self._offsets[item + 1])
        ids = self._ids[row]
        for column in columns:
            self._sums[column][ids] += self._values[column, row] * weights[column]

"""The ratings of a file in a temporary file of their own, to be taken out by their raters.

Neither memory nor the database holds a file of ratings as a whole: 17 bytes of each are on disk.
"""

import tempfile
from collections.abc import Iterator
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from catalog.datasets.records import RatingBlock

RECORD = np.dtype(
    [("rater", np.int32), ("item", np.int32), ("half_stars", np.int8), ("rated_at", np.int64)]
)
UNITE_AT = 2_000_000
SORTED_AT_ONCE = 1_000_000

Ratings = NDArray[np.void]


class RatingSpool:
    """Add blocks, `finish`, then read ``raters``, ``items`` and the portions."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  (closed by __exit__)
        self._raters, self._items = _Distinct(), _Distinct()
        self._last = -1
        self._by_rater = True
        self.count = 0

    def __enter__(self) -> "RatingSpool":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def add(self, block: RatingBlock) -> None:
        if not len(block.users):
            return
        rows = np.empty(len(block.users), RECORD)
        for name, column in zip(RECORD.names or (), block, strict=True):
            rows[name] = column
        self._by_rater &= bool(block.users[0] >= self._last and (np.diff(block.users) >= 0).all())
        self._last = int(block.users[-1])
        self._raters.add(block.users)
        self._items.add(block.items)
        rows.tofile(self._file)
        self.count += len(rows)

    def finish(self, portion: int) -> None:
        """Have those of each rater together, in their order, if there is more than a portion."""
        self.raters, self.items = self._raters.all(), self._items.all()
        if self._by_rater or self.count <= portion:
            return
        raters = np.empty(self.count, np.int32)
        for first in range(0, self.count, SORTED_AT_ONCE):
            piece = self._read(first, SORTED_AT_ONCE)
            raters[first : first + len(piece)] = piece["rater"]
        order = np.argsort(raters, kind="stable")
        del raters
        unsorted = self._read(0, self.count)
        self._file.close()
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        for first in range(0, self.count, SORTED_AT_ONCE):
            unsorted[order[first : first + SORTED_AT_ONCE]].tofile(self._file)

    def first(self, rows: int) -> Ratings:
        return self._read(0, rows)

    def portions(self, size: int) -> Iterator[Ratings]:
        """About ``size`` ratings at a time, all of a rater together."""
        first = 0
        while first < self.count:
            rows = self._read(first, size)
            if first + len(rows) < self.count:
                rows = self._until_the_rater_ends(first, rows)
            yield rows
            first += len(rows)

    def _until_the_rater_ends(self, first: int, rows: Ratings) -> Ratings:
        last = rows["rater"][-1]
        others = np.flatnonzero(rows["rater"] != last)
        if len(others):  # this one's go into the next portion
            return rows[: others[-1] + 1]
        more = len(rows)
        while first + len(rows) < self.count:
            piece = self._read(first + len(rows), more)
            same = piece["rater"] == last
            rows = np.concatenate([rows, piece[same]])
            if not same.all():
                break
        return rows

    def _read(self, first: int, rows: int) -> Ratings:
        self._file.seek(first * RECORD.itemsize)
        return np.fromfile(self._file, RECORD, min(rows, self.count - first))


class _Distinct:
    """Which numbers there are, of any number of them."""

    def __init__(self) -> None:
        self._parts: list[NDArray[np.int32]] = []
        self._size = 0

    def add(self, numbers: NDArray[np.int32]) -> None:
        part = np.unique(numbers)
        self._parts.append(part)
        self._size += len(part)
        if self._size > UNITE_AT:
            self._parts = [self.all()]
            # What stays is not counted: it would have to be united ever more often.
            self._size = 0

    def all(self) -> NDArray[np.int32]:
        return np.unique(np.concatenate([np.zeros(0, np.int32), *self._parts]))

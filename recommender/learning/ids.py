"""Any hashable ids to dense integers and back. Numpy only."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import numpy as np

from recommender.learning.arrays import IntArray
from recommender.learning.validation import check_ids


class IdMap:
    """Numbers each different id in the order of its first appearance.

    Dense ids leave no phantom rows: a table indexed by raw MovieLens ids is 94 % empty.

    Parameters
    ----------
    ids: iterable of hashables
        Repeated ids are counted once.
    first: int
        The number of the first id: 1 keeps 0 free for the padding item.
    """

    def __init__(self, ids: Iterable[Hashable] = (), *, first: int = 0) -> None:
        if first not in (0, 1):
            raise ValueError(f"first must be 0 or 1, got {first!r}")
        self._first = first
        self._ids: list[Hashable] = []
        self._numbers: dict[Hashable, int] = {}
        self.extend(ids)

    def __len__(self) -> int:
        """How many ids there are, without padding."""
        return len(self._ids)

    def __contains__(self, id_: Hashable) -> bool:
        return id_ in self._numbers

    @property
    def size(self) -> int:
        """How many rows a table needs: the largest number and one."""
        return len(self._ids) + self._first

    def extend(self, ids: Iterable[Hashable]) -> IdMap:
        """Add the ids that are new, after the others, whose numbers stay as they are."""
        for id_ in ids:
            plain = _plain(id_)
            if plain not in self._numbers:
                self._numbers[plain] = self.size
                self._ids.append(plain)
        return self

    def to_dense(self, ids: Iterable[Hashable]) -> IntArray:
        """The numbers of ``ids`` (``int64``). Raises ``ValueError`` naming an unknown id."""
        try:
            return np.fromiter((self._numbers[_plain(id_)] for id_ in ids), np.int64)
        except KeyError as error:
            raise ValueError(f"ids must be known to the map, got {error.args[0]!r}") from None

    def to_original(self, numbers: Sequence[int] | IntArray) -> list[Any]:
        """The ids behind ``numbers``. Raises ``ValueError`` for the padding or a number too big."""
        array = check_ids("numbers", np.asarray(numbers), self.size)
        if array.size and array.min() < self._first:
            raise ValueError(f"numbers must be at least {self._first}, got {array.min()}")
        return [self._ids[number - self._first] for number in array.tolist()]


def _plain(id_: Any) -> Hashable:
    """A numpy scalar and its Python value are one id."""
    return id_.item() if isinstance(id_, np.generic) else id_

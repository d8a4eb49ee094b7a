"""Types of the numpy arrays that models and the site pass around, and looking up in sorted ones."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float32]
DoubleArray = NDArray[np.float64]
Number = TypeVar("Number", np.int32, np.int64, np.float32, np.float64)


def positions(ascending: IntArray, wanted: IntArray) -> IntArray:
    """Where each of ``wanted`` stands in ``ascending``, -1 where it does not."""
    wanted = np.asarray(wanted, np.int64)
    if not len(ascending):
        return np.full(len(wanted), -1, np.int64)
    places = np.searchsorted(ascending, wanted)
    places[places == len(ascending)] = 0
    return np.where(ascending[places] == wanted, places, -1)


def at_places(values: NDArray[Number], places: IntArray, otherwise: float) -> NDArray[Number]:
    """What stands at each place; ``otherwise`` at -1, also where there are no values at all."""
    found = np.full(len(places), otherwise, values.dtype)
    there = places >= 0
    found[there] = values[places[there]]
    return found

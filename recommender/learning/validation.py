"""Checks of what callers pass in: every complaint names the argument and the offending value."""

from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.learning.arrays import FloatArray, IntArray

RandomState = np.random.RandomState
SeedLike = int | np.random.RandomState | None

MAX_ID = 2**31 - 1


def as_ids(name: str, values: Any, upper: int | None = None) -> IntArray:
    """Return ``values`` as a one-dimensional ``int64`` array of dense ids.

    Raises ``ValueError`` for anything but whole numbers, integers or floats, in ``[0, upper)``.
    """
    array = np.asarray(values)
    if array.ndim != 1:
        raise ValueError(f"{name} must have one dimension, got shape {array.shape}")
    return check_ids(name, array, upper)


def check_ids(name: str, array: NDArray[Any], upper: int | None = None) -> IntArray:
    """As :func:`as_ids`, for an array of any shape."""
    if array.size == 0:
        return array.astype(np.int64)
    wrong = _not_whole(array)
    if wrong.size:
        raise ValueError(
            f"{name} must be integers, got dtype {array.dtype} (first value {wrong.flat[0]!r}); "
            "map other ids to dense integers with recommender.learning.ids.IdMap"
        )
    smallest, largest = array.min(), array.max()
    if smallest < 0:
        raise ValueError(f"{name} must not be negative, got {smallest}")
    if largest > MAX_ID:
        raise ValueError(f"{name} must be at most {MAX_ID}, got {largest}")
    if upper is not None and largest >= upper:
        raise ValueError(f"{name} must be below {upper}, got {largest}")
    return np.asarray(array, dtype=np.int64, order="C")


def _not_whole(array: NDArray[Any]) -> NDArray[Any]:
    """The values that are no integers, nor floats without a fraction."""
    if array.dtype.kind == "f":
        return array[array != np.trunc(array)]
    return array[:0] if array.dtype.kind in "iu" else array


def as_floats(name: str, values: Any, length: int | None = None) -> FloatArray:
    """Return ``values`` as a ``float32`` array without NaN or infinity."""
    array = np.asarray(values)
    if array.dtype.kind not in "iufb":
        raise ValueError(f"{name} must be numbers, got dtype {array.dtype}")
    array = np.asarray(array, dtype=np.float32, order="C")
    if length is not None:
        check_length(name, array, length)
    wrong = ~np.isfinite(array)
    if wrong.any():
        position = int(np.flatnonzero(wrong.ravel())[0])
        raise ValueError(f"{name} must be finite, got {array.flat[position]} at {position}")
    return array


def check_length(name: str, array: NDArray[Any], length: int) -> None:
    if len(array) != length:
        raise ValueError(f"{name} must have length {length}, as user_ids has, got {len(array)}")


def check_size(name: str, value: int | None, smallest: int) -> int:
    """A declared count, or the smallest that holds the ids when none was declared."""
    if value is None:
        return smallest
    if int(value) != value or value < 1:
        raise ValueError(f"{name} must be a positive whole number, got {value!r}")
    if value < smallest:
        raise ValueError(f"{name} is {value}, but the largest id is {smallest - 1}")
    return int(value)


def check_positive(name: str, value: float) -> None:
    if not value > 0:
        raise ValueError(f"{name} must be positive, got {value!r}")


def check_not_negative(name: str, value: float) -> None:
    if not value >= 0:
        raise ValueError(f"{name} must not be negative, got {value!r}")


def check_fraction(name: str, value: float) -> None:
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"{name} must be between 0 and 1, got {value!r}")


def check_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, got {value!r}")


def as_random_state(random_state: SeedLike) -> np.random.RandomState:
    """A ``RandomState`` as it is, a new one for a seed, an unseeded one for None."""
    if isinstance(random_state, np.random.RandomState):
        return random_state
    if random_state is None or isinstance(random_state, int | np.integer):
        return np.random.RandomState(random_state)
    raise ValueError(
        f"random_state must be a seed, a numpy RandomState or None, got {random_state!r}"
    )


def as_column(name: str, values: Any, size: int) -> FloatArray | None:
    """A float32 column of ``size`` rows, or None."""
    if values is None:
        return None
    column = as_floats(name, values, size)
    if column.ndim != 1:
        raise ValueError(f"{name} must have one dimension, got shape {column.shape}")
    return column


def as_timestamps(values: Any, size: int) -> NDArray[Any] | None:
    """A column of ``size`` moments: int64, floats or datetimes, or None."""
    if values is None:
        return None
    times = np.asarray(values)
    if times.ndim != 1:
        raise ValueError(f"timestamps must have one dimension, got shape {times.shape}")
    check_length("timestamps", times, size)
    if times.dtype.kind == "M":
        return times
    if times.dtype.kind not in "iuf":
        raise ValueError(f"timestamps must be numbers or datetimes, got dtype {times.dtype}")
    if times.dtype.kind == "f":
        if not np.isfinite(times).all():
            position = int(np.flatnonzero(~np.isfinite(times))[0])
            raise ValueError(f"timestamps must be finite, got {times[position]} at {position}")
        return times
    return times.astype(np.int64, copy=False)


def as_features(name: str, values: Any, size: int) -> sp.csr_matrix | None:
    """A float32 CSR matrix of ``size`` rows, or None."""
    if values is None:
        return None
    matrix = sp.csr_matrix(values, dtype=np.float32)
    if matrix.shape[0] != size:
        raise ValueError(f"{name} must have {size} rows, got {matrix.shape[0]}")
    if not np.isfinite(matrix.data).all():
        raise ValueError(f"{name} must be finite, got {matrix.data[~np.isfinite(matrix.data)][0]}")
    return matrix

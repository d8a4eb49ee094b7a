"""Fitting a preset: warm or cold, on whatever device has the memory for it."""

from __future__ import annotations

import errno
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from recommender.learning.interactions import Interactions
from recommender.learning.progress import Progress, ProgressCallback
from recommender.models import ModelKind
from recommender.runs.errors import DivergedError
from recommender.training.checkpoints import Checkpointer

SMALLEST_BATCH = 64
_OUT_OF_MEMORY_WORDS = ("out of memory", "can't allocate memory", "cannot allocate memory")


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """``arrays`` and ``settings`` are the preset's export."""

    arrays: dict[str, NDArray[Any]]
    settings: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where to fit, and in which portions.

    ``device`` is ``auto``, ``cpu`` or ``cuda``; ``batch_size`` None is the preset's own.
    """

    device: str
    batch_size: int | None = None


def default_place() -> Place:
    """The configured device, or the GPU where there is one."""
    from recommender.learning.engine.devices import choose_device

    return Place(device=choose_device(settings.MATINEE_DEVICE).type)


def fit_preset(
    kind: str,
    interactions: Interactions,
    *,
    seed: int,
    warm_start: Mapping[str, NDArray[Any]] | None,
    progress: ProgressCallback,
    say: Callable[[str], None],
    on_place: Callable[[Place], None],
    checkpointer: Checkpointer,
) -> Fitted:
    """Fit the preset of ``kind``; when memory runs out, in smaller batches, then on the CPU.

    A preset with a method ``checkpoint()`` is asked for its arrays so far now and then.
    ``on_place`` gets each place before it is tried, ``say`` a sentence about each step down.

    Raises `DivergedError` when the loss or the arrays are not finite numbers, ``MemoryError`` or
    torch's error when nothing helped.
    """
    place = default_place()
    while True:
        on_place(place)
        model = make_preset(kind, seed, place)
        try:
            model.fit(
                interactions,
                progress=_with_checkpoints(model, progress, checkpointer),
                warm_start=warm_start,
            )
        except (MemoryError, RuntimeError, OSError) as error:
            if not is_out_of_memory(error):
                raise
            place = _smaller(place, model, error, say)
        except ValueError as error:
            if "the loss is" not in str(error):
                raise
            raise DivergedError(str(error)) from error
        else:
            arrays, model_settings = model.export()
            _check_finite(arrays)
            return Fitted(arrays=arrays, settings=model_settings)
        _free_device_memory()


def _with_checkpoints(
    model: Any, progress: ProgressCallback, checkpointer: Checkpointer
) -> ProgressCallback:
    """Between two reports a model is consistent: keep its arrays then, when it is time."""
    checkpoint: Callable[[], Mapping[str, NDArray[Any]]] | None
    checkpoint = getattr(model, "checkpoint", None)
    if checkpoint is None:
        return progress

    def report(made: Progress) -> None:
        progress(made)
        if made.epoch and checkpointer.due:
            checkpointer.keep(checkpoint())

    return report


def make_preset(kind: str, seed: int, place: Place) -> Any:
    """The unfitted model of ``kind`` that the site trains."""
    from recommender.learning import presets  # torch comes with it

    make: Any = presets.explicit if kind == ModelKind.FACTORIZATION else presets.sequence
    takes = inspect.signature(make).parameters
    options = {
        name: value
        for name, value in {"device": place.device, "batch_size": place.batch_size}.items()
        if name in takes and value is not None
    }
    return make(random_state=np.random.RandomState(seed), **options)


def place_name(place: Place) -> str:
    """The device in words, with the GPU's name or the number of threads."""
    import torch

    if place.device == "cuda" and torch.cuda.is_available():
        return f"cuda ({torch.cuda.get_device_name()})"
    return f"{place.device} ({torch.get_num_threads()} threads)"


def is_out_of_memory(error: BaseException) -> bool:
    """True for Python's, torch's and the system's ways of saying so."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    return any(words in str(error).lower() for words in _OUT_OF_MEMORY_WORDS)


def _smaller(place: Place, model: Any, error: BaseException, say: Callable[[str], None]) -> Place:
    """The next place to try. Raises ``error`` when there is none."""
    present: int | None = getattr(model, "batch_size", None)
    if present is not None and present // 2 >= SMALLEST_BATCH:
        say(f"Out of memory on {place.device} with batches of {present}: trying {present // 2}.")
        return Place(device=place.device, batch_size=present // 2)
    if place.device != "cpu":
        say(f"Out of memory on {place.device}: going on with the CPU.")
        return Place(device="cpu")
    raise error


def _free_device_memory() -> None:
    import torch

    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def _check_finite(arrays: Mapping[str, NDArray[Any]]) -> None:
    for name, array in arrays.items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise DivergedError(f"the fitted array {name!r} has values that are not finite")

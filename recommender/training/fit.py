"""Fitting a model: warm or cold, on whatever device has the memory for it."""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from recommender import kinds
from recommender.learning import interfaces
from recommender.learning.interactions import Interactions
from recommender.learning.interfaces import Model, Place
from recommender.learning.progress import Progress, ProgressCallback
from recommender.runs.errors import DivergedError
from recommender.training.checkpoints import Checkpointer

SMALLEST_BATCH = 64


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """``arrays`` and ``settings`` are the model's export."""

    arrays: dict[str, NDArray[Any]]
    settings: dict[str, Any]


def default_place() -> Place:
    """The configured device, or the GPU where there is one, and one process for each GPU."""
    from recommender.learning.engine.devices import choose_device, count_gpus

    device = choose_device(settings.MATINEE_DEVICE).type
    gpus = count_gpus() if device == "cuda" else 1
    return Place(device=device, processes=settings.MATINEE_TRAINING_PROCESSES or gpus)


def fit_model(
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
    """Fit a model of ``kind``; when memory runs out, in smaller batches, then on the CPU.

    The model is asked now and then for a checkpoint. ``on_place`` gets each place before it is
    tried, ``say`` a sentence about each step down.

    Raises `DivergedError` when the loss or the arrays are not finite numbers, ``MemoryError`` or
    torch's error when nothing helped.
    """
    place = default_place()
    while True:
        on_place(place)
        model = kinds.get(kind).make(seed, place)
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
        except interfaces.DivergedError as error:
            raise DivergedError(str(error)) from error
        else:
            arrays, model_settings = model.export()
            _check_finite(arrays)
            return Fitted(arrays=arrays, settings=model_settings)
        _free_device_memory()


def _with_checkpoints(
    model: Model, progress: ProgressCallback, checkpointer: Checkpointer
) -> ProgressCallback:
    """Between two reports a model is consistent: keep its arrays then, when it is time."""

    def report(made: Progress) -> None:
        progress(made)
        if made.epoch and checkpointer.due and (arrays := model.checkpoint()) is not None:
            checkpointer.keep(arrays)

    return report


def place_name(place: Place) -> str:
    """The device in words, with the GPU's name or the number of threads."""
    import torch

    if place.device == "cuda" and torch.cuda.is_available():
        return f"cuda ({torch.cuda.get_device_name()})"
    return f"{place.device} ({torch.get_num_threads()} threads)"


def is_out_of_memory(error: BaseException) -> bool:
    """True for Python's, torch's and the system's ways of saying so.

    Not when torch runs out of the host's memory: it raises a bare ``RuntimeError`` then, which
    could be anything.
    """
    import torch

    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    return isinstance(error, MemoryError | torch.OutOfMemoryError)


def _smaller(place: Place, model: Model, error: BaseException, say: Callable[[str], None]) -> Place:
    """The next place to try. Raises ``error`` when there is none."""
    if (present := model.batch_size) is not None and present // 2 >= SMALLEST_BATCH:
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

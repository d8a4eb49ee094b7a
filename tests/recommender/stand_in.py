"""A model that is made by hand instead of fitted, and that fails as it is told.

Its arrays are those of ``tests.recommender.world``, which the real scorers read. Fits take as long
as a test wants.
"""

from __future__ import annotations

import errno
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Self

import numpy as np
import pytest
import torch

from recommender import kinds
from recommender.learning.arrays import FloatArray, IntArray
from recommender.learning.interactions import Interactions
from recommender.learning.interfaces import Arrays, Export, Place
from recommender.learning.progress import Progress, ProgressCallback
from tests.recommender.world import ARRAYS


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """``nan_at`` is an epoch; memory suffices for ``fits_batch`` or, where True, ``fits_cpu``.

    ``real`` fits the site's own models, which rest for ``seconds`` at each of their reports.
    """

    epochs: int = 3
    seconds: float = 0.0
    nan_at: int | None = None
    bad: bool = False
    fits_batch: int | None = None
    fits_cpu: bool = True
    disk_full: bool = False
    slow_snapshot: bool = False
    real: bool = False

    def write(self, path: Path) -> None:
        """For a worker's process to read."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Behaviour:
        return cls(**json.loads(path.read_text(encoding="utf-8")))


class StandIn:
    """A model of either question. Its ``epoch`` array says how far a warm start had come."""

    def __init__(self, kind: str, behaviour: Behaviour, seed: int, place: Place) -> None:
        self._kind = kind
        self._behaviour = behaviour
        self.place = place
        self._epoch = 0
        self._films = 0

    @property
    def batch_size(self) -> int | None:
        return self.place.batch_size or 1024

    def fit(
        self,
        interactions: Interactions,
        *,
        progress: ProgressCallback | None = None,
        warm_start: Arrays | None = None,
    ) -> Self:
        wanted = self._behaviour
        self._films = interactions.num_items - 1
        if wanted.fits_batch is not None and (self.batch_size or 0) > wanted.fits_batch:
            if self.place.device != "cpu":
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
            if not wanted.fits_cpu:
                raise MemoryError("not even here")
        first = int(warm_start["epoch"][0]) if warm_start and "epoch" in warm_start else 0
        for epoch in range(first + 1, wanted.epochs + 1):
            time.sleep(wanted.seconds)
            self._epoch = epoch
            loss = np.nan if epoch == wanted.nan_at else 1 / epoch
            if progress is not None:
                progress(Progress(phase="fit", epoch=epoch, epochs=wanted.epochs, loss=loss))
        return self

    def predict(self, asked: IntArray, item_ids: IntArray | None = None) -> FloatArray:
        raise NotImplementedError("it only trains")

    def checkpoint(self) -> Arrays:
        return self.export()[0]

    def export(self) -> Export:
        arrays, settings = ARRAYS[self._kind](self._films)
        arrays["epoch"] = np.array([self._epoch], np.int64)
        if self._behaviour.bad:
            random = np.random.default_rng(0)
            for name in ("item_rows", "neighbour_ids"):
                if name in arrays:
                    random.shuffle(arrays[name])
        return arrays, settings


def train_stand_ins(monkeypatch: pytest.MonkeyPatch, **behaviour: Any) -> None:
    """Have every kind fit a stand-in that behaves so."""
    wanted = Behaviour(**behaviour)
    use_models(monkeypatch, lambda kind: partial(StandIn, kind, wanted))


def use_models(
    monkeypatch: pytest.MonkeyPatch, maker: Callable[[str], Callable[[int, Place], Any]]
) -> None:
    """Have every kind make the model that ``maker`` makes for it."""
    for name in kinds.names():
        replaced = replace(kinds.get(name), make=maker(name))
        monkeypatch.setitem(kinds._kinds, name, replaced)


def full_disk(*args: Any, **kwargs: Any) -> None:
    """Takes the place of whatever writes."""
    raise OSError(errno.ENOSPC, "No space left on device")

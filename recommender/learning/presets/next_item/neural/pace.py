"""How far a fit is: by its steps, or by its time where that passes faster."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import torch

from recommender.learning.engine.distributed import from_first, place_among_processes

_WARM_UP = 0.05


class Pace:
    """Follows a fit of so many ``steps``, of which some were ``begun`` before, that has so many
    ``seconds``.

    Where steps are slow the rate of learning falls with the time, so that a fit that has to end
    early ends as a whole one does: at rest. Where they are quick enough, time has no part in
    anything, and a fit repeats exactly.
    """

    def __init__(
        self,
        steps: int,
        begun: int,
        seconds: float,
        device: torch.device,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._steps, self._step, self._begun = steps, begun, begun / steps
        self._seconds, self._device, self._now = seconds, device, now
        self._started, self._late = now(), 0.0

    @property
    def is_over(self) -> bool:
        """Whether there is no time left."""
        return self._late >= 1

    @property
    def done(self) -> float:
        """From 0 to 1."""
        return min(1.0, max(self._step / self._steps, self._late))

    @property
    def rate(self) -> float:
        """What the rate of learning is multiplied by now: it rises, and falls along half a
        cosine."""
        done = self.done
        if done < _WARM_UP:
            return max(done / _WARM_UP, 1e-3)
        return (1 + math.cos(math.pi * (done - _WARM_UP) / (1 - _WARM_UP))) / 2

    def step(self) -> None:
        """A step is taken. Processes that learn together look at no clock here: each would see
        another time."""
        self._step += 1
        if place_among_processes()[1] == 1:
            self._look()

    def epoch(self) -> None:
        """An epoch is over: the first process's time is that of all."""
        if place_among_processes()[1] > 1:
            self._look()
            late = torch.tensor(self._late, dtype=torch.float64, device=self._device)
            self._late = from_first(late).item()

    def _look(self) -> None:
        elapsed = (self._now() - self._started) / self._seconds
        # The first steps are slow everywhere.
        if elapsed > _WARM_UP:
            self._late = self._begun + (1 - self._begun) * elapsed

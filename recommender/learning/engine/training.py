"""The loop that every gradient-trained model learns in."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from recommender.learning.engine.devices import mixed_precision
from recommender.learning.engine.distributed import (
    Agreement,
    from_first,
    is_first,
    shared_loss,
    sum_over_processes,
)
from recommender.learning.engine.optimizers import Schedule
from recommender.learning.engine.threads import StepThreads
from recommender.learning.interfaces import DivergedError
from recommender.learning.progress import Progress, ProgressCallback, Reporter
from recommender.learning.validation import check_positive

BatchLoss = Callable[[Tensor], Tensor]
"""Takes the positions (int64) of a batch in the training set, returns its mean loss."""


@dataclass(frozen=True, kw_only=True)
class EarlyStopping:
    """Stop when a validation score has not improved for some epochs, and keep the best epoch.

    ``score`` takes the model and returns a number, larger for better: for instance
    ``lambda model: mrr_score(model, validation, train=train).mean()``.
    """

    score: Callable[[Any], float]
    patience: int = 3

    def __post_init__(self) -> None:
        check_positive("patience", self.patience)


@dataclass(frozen=True, kw_only=True)
class Epoch:
    """One line of a training history."""

    epoch: int
    loss: float
    seconds: float
    score: float | None = None


@dataclass(frozen=True, kw_only=True)
class Training:
    """How to train: shared by all models.

    ``amp`` computes in bfloat16 and ``compile`` through ``torch.compile``, both on CUDA only.
    ``schedule`` is that of :class:`recommender.learning.engine.optimizers.Schedule`.
    """

    epochs: int
    batch_size: int
    device: torch.device
    amp: bool = False
    compile: bool = False
    verbose: bool = False
    callback: ProgressCallback | None = None
    early_stopping: EarlyStopping | None = None
    schedule: str = "constant"

    def run(
        self,
        model: Any,
        net: nn.Module,
        optimizer: Any,
        size: int,
        batch_loss: BatchLoss,
        entries: Tensor | None = None,
    ) -> list[Epoch]:
        """Minimise ``batch_loss`` over ``size`` examples; returns one line per epoch.

        The examples stay on the device: a batch is a slice of a random permutation made there,
        so that no loop in Python touches an example. ``entries`` and what several processes do
        are described in :mod:`recommender.learning.engine.distributed`. On the CPU torch has as
        many threads meanwhile as a step is worth: see :mod:`recommender.learning.engine.threads`.

        Raises `DivergedError` when the loss is no longer a finite number.
        """
        if self.compile and self.device.type == "cuda":
            batch_loss = torch.compile(batch_loss, dynamic=True)
        batch_loss = shared_loss(net, batch_loss, entries)
        reporter = Reporter(self.callback if is_first() else None)
        agreement = Agreement(self.device)
        history: list[Epoch] = []
        best = _Best()
        steps = self.epochs * math.ceil(size / self.batch_size)
        schedule = Schedule(self.schedule, optimizer, steps)
        threads = StepThreads(self.device)
        for epoch in range(self.epochs):
            started = time.monotonic()
            net.train()
            with threads:
                loss = self._run_epoch(
                    epoch, optimizer, schedule, size, batch_loss, reporter, threads, agreement
                )
            net.eval()
            seconds = time.monotonic() - started
            score = self._score(model)
            history.append(Epoch(epoch=epoch + 1, loss=loss, seconds=seconds, score=score))
            with agreement.kept():
                reporter.report(
                    Progress(
                        phase="fit",
                        epoch=epoch + 1,
                        epochs=self.epochs,
                        loss=loss,
                        examples_per_second=size / max(seconds, 1e-9),
                        metrics={} if score is None else {"validation": score},
                    )
                )
            agreement.meet()
            if self.verbose and is_first():
                print(f"Epoch {epoch}: loss {loss}")
            if score is not None and self.early_stopping is not None:
                best.offer(score, net)
                if best.misses >= self.early_stopping.patience:
                    break
        best.restore(net)
        return history

    def _score(self, model: Any) -> float | None:
        if self.early_stopping is None:
            return None
        score = torch.tensor(self.early_stopping.score(model), dtype=torch.float64)
        return from_first(score.to(self.device)).item()

    def _run_epoch(
        self,
        epoch: int,
        optimizer: Any,
        schedule: Schedule,
        size: int,
        batch_loss: BatchLoss,
        reporter: Reporter,
        threads: StepThreads,
        agreement: Agreement,
    ) -> float:
        order = from_first(torch.randperm(size, device=self.device))
        total = torch.zeros((), device=self.device, dtype=torch.float64)
        started = time.monotonic()
        for number, start in enumerate(range(0, size, self.batch_size)):
            batch = order[start : start + self.batch_size]
            with threads.step():
                with mixed_precision(self.device, self.amp):
                    loss = batch_loss(batch)
                optimizer.zero_grad()
                loss.backward()
                schedule.step()
                optimizer.step()
            total += loss.detach() * len(batch)
            if reporter.due():
                done = start + len(batch)
                with agreement.kept():
                    reporter.report(
                        Progress(
                            phase="fit",
                            epoch=epoch,
                            epochs=self.epochs,
                            loss=_finite(total.item() / done),
                            examples_per_second=done / max(time.monotonic() - started, 1e-9),
                        )
                    )
            if number % agreement.STEPS == agreement.STEPS - 1:
                agreement.meet()
        return _finite(sum_over_processes(total).item() / size)


class _Best:
    """The best weights so far."""

    def __init__(self) -> None:
        self._score = -math.inf
        self._weights: dict[str, Tensor] | None = None
        self.misses = 0

    def offer(self, score: float, net: nn.Module) -> None:
        if score > self._score:
            self._score = score
            self._weights = copy.deepcopy(net.state_dict())
            self.misses = 0
        else:
            self.misses += 1

    def restore(self, net: nn.Module) -> None:
        if self._weights is not None:
            net.load_state_dict(self._weights)


def _finite(loss: float) -> float:
    if not math.isfinite(loss):
        raise DivergedError(
            f"the loss is {loss}: a smaller learning_rate or more l2 keeps the training stable"
        )
    return loss

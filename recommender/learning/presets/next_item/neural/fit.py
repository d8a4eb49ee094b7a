"""Trains the transformer, and stops when users who are not in training gain no more."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from recommender.learning.arrays import Array
from recommender.learning.engine.devices import mixed_precision, seeded
from recommender.learning.engine.distributed import (
    Agreement,
    from_first,
    is_first,
    place_among_processes,
    shared,
    sum_over_processes,
)
from recommender.learning.interfaces import DivergedError
from recommender.learning.presets.next_item.neural.cross_entropy import (
    cross_entropy,
    sampled_cross_entropy,
    shares_of,
)
from recommender.learning.presets.next_item.neural.net import HistoryNet
from recommender.learning.presets.next_item.neural.pace import Pace
from recommender.learning.presets.next_item.neural.recipe import Recipe
from recommender.learning.presets.next_item.neural.windows import Batch, Histories, batches
from recommender.learning.progress import Progress, ProgressCallback, Reporter

PHASE = "reading"
_BETAS = (0.9, 0.98)
_LONGEST_STEP = 1.0
_TOP = 10
_JUDGED = 20_000

Loss = Callable[[Batch], Tensor]

Keep = Callable[[int, dict[str, Array]], None]
"""Gets the number of each epoch that is done, and the arrays of the net then."""


@dataclass(frozen=True)
class Problem:
    """What is learned, and how: users to learn from and users to judge by, on which device, and
    the arrays of a checkpoint to ``start`` from, with their epoch."""

    train: Histories
    judged: Histories
    num_items: int
    recipe: Recipe
    device: str
    start: Mapping[str, Array] | None = None

    def on(self, device: str) -> Problem:
        """The same on another device."""
        return replace(self, device=device)


@dataclass(frozen=True)
class Read:
    """The ``arrays`` of the best epoch, its ``score`` on held-out users, and all epochs' lines."""

    arrays: dict[str, Array]
    score: float
    history: list[Progress]


def train_reader(
    problem: Problem,
    random_state: np.random.RandomState,
    progress: ProgressCallback | None = None,
    keep: Keep | None = None,
) -> Read:
    """Learn, and keep the epoch that ranks the items of the judged users best.

    The same seed gives the same arrays on a CPU. Inside a
    :func:`~recommender.learning.engine.distributed.process_group` the processes learn together.
    Raises `DivergedError` when the loss is no longer a finite number, and whatever ``progress``
    raises.
    """
    device = torch.device(problem.device)
    with seeded(random_state, device):
        fit = _Fit(problem, device, random_state, progress if is_first() else None, keep)
        return fit.run()


class _Fit:
    def __init__(
        self,
        problem: Problem,
        device: torch.device,
        random_state: np.random.RandomState,
        progress: ProgressCallback | None,
        keep: Keep | None,
    ) -> None:
        self._problem, self._device = problem, device
        self._random_state, self._keep = random_state, keep
        self._reporter, self._agreement = Reporter(progress), Agreement(device)
        popularity = torch.from_numpy(_popularity(problem.train, problem.num_items)).to(device)
        self._net = HistoryNet(problem.recipe, popularity).to(device)
        self._epochs = problem.recipe.epochs(len(problem.train))
        self._done = 0
        if problem.start is not None:
            self._net.start_from(problem.start)
            self._done = min(int(problem.start["neural_epoch"][0]), self._epochs)
        chances = popularity.double()
        self._cumulative = chances.cumsum(0)
        self._log_q = (chances / chances.sum()).clamp_min(1e-12).log().float()

    def run(self) -> Read:
        recipe, train = self._problem.recipe, self._problem.train
        optimizer = torch.optim.AdamW(
            _groups(self._net, recipe.weight_decay), lr=recipe.learning_rate, betas=_BETAS
        )
        rank, processes = place_among_processes()
        loss_of = shared(self._net, self._loss)
        size = recipe.batch // processes
        steps = self._epochs * math.ceil(1.02 * len(train) / recipe.batch)
        begun = steps * self._done // self._epochs
        pace = Pace(steps, begun, recipe.seconds, self._device)
        best, kept, misses = self._judge(), copy.deepcopy(self._net.state_dict()), 0
        history: list[Progress] = []
        for epoch in range(self._done, self._epochs):
            self._net.train()
            parts = batches(
                train, recipe.window, size, self._random_state, (rank, processes), recipe.ahead
            )
            loss, speed = self._epoch(epoch, parts, loss_of, optimizer, pace)
            pace.epoch()
            score = self._judge()
            line = Progress(
                phase=PHASE,
                epoch=epoch + 1,
                epochs=self._epochs,
                loss=loss,
                examples_per_second=speed,
                metrics={"validation": score},
            )
            history.append(line)
            if self._keep is not None and is_first():
                self._keep(epoch + 1, self._net.arrays())
            with self._agreement.kept():
                self._reporter.report(line)
            self._agreement.meet()
            if score > best:
                best, kept, misses = score, copy.deepcopy(self._net.state_dict()), 0
            else:
                misses += 1
            if misses >= recipe.patience or pace.is_over:
                break
        self._net.load_state_dict(kept)
        return Read(self._net.arrays(), best, history)

    def _epoch(
        self,
        epoch: int,
        parts: Iterator[Batch],
        loss_of: Loss,
        optimizer: torch.optim.Optimizer,
        pace: Pace,
    ) -> tuple[float, float]:
        """The mean loss, and items a second. Nothing waits for the device but a report."""
        sums = torch.zeros(2, device=self._device, dtype=torch.float64)
        done, started = 0, time.monotonic()
        for number, batch in enumerate(parts):
            with mixed_precision(self._device, enabled=True):
                loss = loss_of(batch)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self._net.parameters(), _LONGEST_STEP)
            for group in optimizer.param_groups:
                group["lr"] = self._problem.recipe.learning_rate * pace.rate
            optimizer.step()
            pace.step()
            sums[0] += loss.detach() * len(batch.targets)
            done += len(batch.targets)
            if self._reporter.due():
                with self._agreement.kept():
                    self._report(epoch, sums[0].item() / done, done, started)
            if number % Agreement.STEPS == Agreement.STEPS - 1:
                self._agreement.meet()
            if pace.is_over:
                break
        sums[1] = done
        total, read = sum_over_processes(sums).tolist()
        return _finite(total / max(read, 1)), read / max(time.monotonic() - started, 1e-9)

    def _report(self, epoch: int, loss: float, done: int, started: float) -> None:
        speed = done / max(time.monotonic() - started, 1e-9)
        self._reporter.report(
            Progress(
                phase=PHASE,
                epoch=epoch,
                epochs=self._epochs,
                loss=_finite(loss),
                examples_per_second=speed * place_among_processes()[1],
            )
        )

    def _loss(self, batch: Batch) -> Tensor:
        states, targets = self._states(batch)
        table, biases = self._net.items.weight, self._net.biases
        recipe = self._problem.recipe
        shares = shares_of(targets, recipe.decay)
        if len(table) <= recipe.whole_catalog:
            return cross_entropy(states, table, biases, targets, shares)
        luck = torch.rand(recipe.negatives, device=self._device, dtype=torch.float64)
        drawn = torch.searchsorted(self._cumulative, luck * self._cumulative[-1], right=True)
        log_q = self._log_q[drawn] + math.log(recipe.negatives)
        return sampled_cross_entropy(states, table, biases, targets, shares, drawn, log_q)

    def _states(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """The state before each target, and the targets. Where they lie was counted on the host,
        so that no mask has to be waited for."""
        items, places, targets = (
            self._there(one) for one in (batch.items, batch.places, batch.targets)
        )
        return self._net(items).flatten(0, 1)[places], targets

    def _there(self, array: Array) -> Tensor:
        tensor = torch.from_numpy(array)
        if self._device.type != "cuda":
            return tensor
        return tensor.pin_memory().to(self._device, non_blocking=True)

    @torch.no_grad()
    def _judge(self) -> float:
        """The mean NDCG@10 of what comes next, among all items."""
        self._net.eval()
        judged = self._problem.judged
        gains, asked = torch.zeros((), device=self._device), 0
        table, biases = self._net.items.weight, self._net.biases
        for batch in batches(judged, self._problem.recipe.window, self._problem.recipe.batch, None):
            with mixed_precision(self._device, enabled=True):
                states, targets = self._states(batch)
            every = max(1, len(judged) // _JUDGED)
            states, targets = states[::every].float(), targets[::every]
            for some, right in zip(states.split(512), targets.split(512), strict=True):
                scores = some @ table.T + biases
                scores[:, 0] = -torch.inf
                above = (scores > scores.gather(1, right)).sum(dim=1)
                gains += torch.where(above < _TOP, 1 / (above + 2.0).log2(), 0.0).sum()
            asked += len(targets)
        return from_first(gains / max(asked, 1)).item()


def _groups(net: HistoryNet, weight_decay: float) -> list[dict[str, Any]]:
    """Weights of layers decay; tables of items, biases and scales do not."""
    blocks = [weight for weight in net.blocks.parameters() if weight.dim() > 1]
    ids = {id(weight) for weight in blocks}
    others = [weight for weight in net.parameters() if id(weight) not in ids]
    return [
        {"params": blocks, "weight_decay": weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]


def _popularity(histories: Histories, num_items: int) -> Array:
    begun = np.zeros(len(histories.items) + 1, np.int32)
    np.add.at(begun, histories.starts, 1)
    np.add.at(begun, histories.stops, -1)
    own = np.cumsum(begun[:-1]) > 0
    return np.bincount(histories.items[own], minlength=num_items)


def _finite(loss: float) -> float:
    if not math.isfinite(loss):
        raise DivergedError(f"the loss of the transformer is {loss}")
    return loss

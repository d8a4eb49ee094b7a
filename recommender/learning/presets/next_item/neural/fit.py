"""Trains the transformer, and stops when users who are not in training gain no more."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from recommender.learning.arrays import Array
from recommender.learning.engine.devices import mixed_precision, seeded
from recommender.learning.interfaces import DivergedError
from recommender.learning.presets.next_item.neural.cross_entropy import (
    cross_entropy,
    sampled_cross_entropy,
)
from recommender.learning.presets.next_item.neural.net import HistoryNet
from recommender.learning.presets.next_item.neural.recipe import Recipe
from recommender.learning.presets.next_item.neural.windows import Batch, Histories, batches
from recommender.learning.progress import Progress, ProgressCallback, Reporter

PHASE = "reading"
_BETAS = (0.9, 0.98)
_WARM_UP = 0.05
_LONGEST_STEP = 1.0
_TOP = 10
_JUDGED = 20_000

Loss = Callable[[Batch], Tensor]


@dataclass(frozen=True)
class Learned:
    """The ``arrays`` of the best epoch, its ``score`` on held-out users, and all epochs' lines."""

    arrays: dict[str, Array]
    score: float
    history: list[Progress]


def train_reader(
    train: Histories,
    judged: Histories,
    num_items: int,
    recipe: Recipe,
    device: torch.device,
    random_state: np.random.RandomState,
    progress: ProgressCallback | None = None,
) -> Learned:
    """Learn from ``train``, and keep the epoch that ranks the items of ``judged`` best.

    The same seed gives the same arrays on a CPU. Raises `DivergedError` when the loss is no
    longer a finite number, and whatever ``progress`` raises.
    """
    with seeded(random_state, device):
        popularity = torch.from_numpy(_popularity(train, num_items)).to(device)
        net = HistoryNet(recipe, popularity).to(device)
        return _Fit(net, popularity, device, random_state, Reporter(progress)).run(train, judged)


class _Fit:
    def __init__(
        self,
        net: HistoryNet,
        popularity: Tensor,
        device: torch.device,
        random_state: np.random.RandomState,
        reporter: Reporter,
    ) -> None:
        self._net, self._recipe, self._device = net, net.recipe, device
        self._random_state, self._reporter = random_state, reporter
        chances = popularity.double()
        self._cumulative = chances.cumsum(0)
        self._log_q = (chances / chances.sum()).clamp_min(1e-12).log().float()

    def run(self, train: Histories, judged: Histories) -> Learned:
        recipe = self._recipe
        epochs = recipe.epochs(len(train))
        optimizer = torch.optim.AdamW(
            _groups(self._net, recipe.weight_decay), lr=recipe.learning_rate, betas=_BETAS
        )
        steps = epochs * math.ceil(1.02 * len(train) / recipe.batch)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step / steps))
        best, kept, misses, history = -math.inf, self._net.state_dict(), 0, []
        for epoch in range(epochs):
            loss, speed = self._epoch(train, epoch, epochs, optimizer, schedule)
            score = self._judge(judged)
            line = Progress(
                phase=PHASE,
                epoch=epoch + 1,
                epochs=epochs,
                loss=loss,
                examples_per_second=speed,
                metrics={"validation": score},
            )
            history.append(line)
            self._reporter.report(line)
            if score > best:
                best, kept, misses = score, copy.deepcopy(self._net.state_dict()), 0
            else:
                misses += 1
            if misses >= recipe.patience:
                break
        self._net.load_state_dict(kept)
        return Learned(self._net.arrays(), best, history)

    def _epoch(
        self,
        train: Histories,
        epoch: int,
        epochs: int,
        optimizer: torch.optim.Optimizer,
        schedule: torch.optim.lr_scheduler.LRScheduler,
    ) -> tuple[float, float]:
        """The mean loss, and items a second. Nothing waits for the device but a report."""
        recipe = self._recipe
        self._net.train()
        total = torch.zeros((), device=self._device, dtype=torch.float64)
        done, started = 0, time.monotonic()
        for batch in batches(train, recipe.window, recipe.batch, self._random_state):
            with mixed_precision(self._device, enabled=True):
                loss = self._loss(batch)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self._net.parameters(), _LONGEST_STEP)
            optimizer.step()
            schedule.step()
            total += loss.detach() * len(batch.targets)
            done += len(batch.targets)
            if self._reporter.due():
                self._reporter.report(
                    Progress(
                        phase=PHASE,
                        epoch=epoch,
                        epochs=epochs,
                        loss=_finite(total.item() / done),
                        examples_per_second=done / (time.monotonic() - started),
                    )
                )
        loss_of_all = _finite(total.item() / max(done, 1))
        return loss_of_all, done / max(time.monotonic() - started, 1e-9)

    def _loss(self, batch: Batch) -> Tensor:
        states, targets = self._states(batch)
        table, biases = self._net.items.weight, self._net.biases
        if len(table) <= self._recipe.whole_catalog:
            return cross_entropy(states, table, biases, targets)
        luck = torch.rand(self._recipe.negatives, device=self._device, dtype=torch.float64)
        drawn = torch.searchsorted(self._cumulative, luck * self._cumulative[-1], right=True)
        log_q = self._log_q[drawn] + math.log(self._recipe.negatives)
        return sampled_cross_entropy(states, table, biases, targets, drawn, log_q)

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
    def _judge(self, judged: Histories) -> float:
        """The mean NDCG@10 of what comes next, among all items."""
        self._net.eval()
        gains, asked = torch.zeros((), device=self._device), 0
        table, biases = self._net.items.weight, self._net.biases
        for batch in batches(judged, self._recipe.window, self._recipe.batch, None):
            with mixed_precision(self._device, enabled=True):
                states, targets = self._states(batch)
            every = max(1, len(judged) // _JUDGED)
            states, targets = states[::every].float(), targets[::every]
            for some, right in zip(states.split(512), targets.split(512), strict=True):
                scores = some @ table.T + biases
                scores[:, 0] = -torch.inf
                above = (scores > scores.gather(1, right.unsqueeze(1))).sum(dim=1)
                gains += torch.where(above < _TOP, 1 / (above + 2.0).log2(), 0.0).sum()
            asked += len(targets)
        return float(gains) / max(asked, 1)


def _groups(net: HistoryNet, weight_decay: float) -> list[dict[str, Any]]:
    """Weights of layers decay; tables of items, biases and scales do not."""
    blocks = [weight for weight in net.blocks.parameters() if weight.dim() > 1]
    ids = {id(weight) for weight in blocks}
    others = [weight for weight in net.parameters() if id(weight) not in ids]
    return [
        {"params": blocks, "weight_decay": weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]


def _rate(done: float) -> float:
    if done < _WARM_UP:
        return max(done / _WARM_UP, 1e-3)
    return (1 + math.cos(math.pi * min(1.0, (done - _WARM_UP) / (1 - _WARM_UP)))) / 2


def _popularity(histories: Histories, num_items: int) -> Array:
    counts = np.zeros(num_items, np.int64)
    for start, stop in zip(histories.starts, histories.stops, strict=True):
        counts += np.bincount(histories.items[start:stop], minlength=num_items)
    return counts


def _finite(loss: float) -> float:
    if not math.isfinite(loss):
        raise DivergedError(f"the loss of the transformer is {loss}")
    return loss

"""Two processes that are started from here learn what one learns, and survive a loss."""

import os
import signal

import numpy as np
import psutil
import pytest

from recommender.learning.presets.next_item.neural import together
from recommender.learning.presets.next_item.neural.fit import Problem, train_reader
from recommender.learning.presets.next_item.neural.recipe import Recipe
from recommender.learning.presets.next_item.neural.together import (
    WorkersLostError,
    train_together,
)
from recommender.learning.presets.next_item.neural.windows import Histories
from tests.recommender.learning.presets.next_item.neural.strides import ITEMS, strides

# Dropout is drawn by each process for itself: without it two learn what one does.
STILL = Recipe(dim=16, most_epochs=3, batch=512, window=8, dropout=0.0, learning_rate=3e-3)


def problem(recipe=STILL, device="cpu"):
    data = strides(users=300)
    histories = Histories.of(data.user_ids, data.item_ids)
    parts = histories.take(np.arange(250)), histories.take(np.arange(250, 300))
    return Problem(*parts, ITEMS + 1, recipe, device)


def workers():
    """The processes that learn, of those that this one has started."""
    return [
        process
        for process in psutil.Process().children(recursive=True)
        if any(part.endswith("neural.worker") for part in process.cmdline())
        and not any(part.endswith("neural.launch") for part in process.cmdline())
    ]


class CancelledError(Exception):
    pass


def test_two_learn_what_one_learns_and_report_and_go_on_after_a_loss():
    """One of the two is killed after the first epoch: both begin again where they were."""
    reports, kept, killed = [], {}, []

    def report(progress):
        reports.append(progress)
        if progress.epoch == 1 and not killed:
            killed.append(workers()[-1].pid)
            os.kill(killed[0], signal.SIGKILL)

    arrays = train_together(
        problem(),
        2,
        np.random.RandomState(0),
        report,
        lambda epoch, made: kept.update({epoch: made}),
    )
    assert killed
    assert {1, 2, 3} <= {progress.epoch for progress in reports}
    assert max(kept) == 3
    assert not workers()
    alone = train_reader(problem(), np.random.RandomState(0))
    np.testing.assert_allclose(reports[-1].loss, alone.history[-1].loss, rtol=0.15)
    assert {name: one.shape for name, one in arrays.items()} == {
        name: one.shape for name, one in alone.arrays.items()
    }


def test_a_cancellation_ends_all():
    def cancel(progress):
        if progress.loss is not None:
            raise CancelledError

    with pytest.raises(CancelledError):
        train_together(problem(), 2, np.random.RandomState(0), cancel)
    assert not workers()


def test_what_cannot_go_on_says_why(monkeypatch):
    monkeypatch.setattr(together, "_RESTARTS", 0)
    with pytest.raises(WorkersLostError, match="nowhere"):
        train_together(problem(device="nowhere"), 1, np.random.RandomState(0))

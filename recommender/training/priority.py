"""Low scheduling priority for trainings, so that visitors come first."""

from __future__ import annotations

import contextlib
import os

NICENESS = 10  # of 19: a busy machine must not bring a training to a stop


def give_way() -> None:
    """Run this thread, and those that it starts from now on, after all others that want to run.

    On Linux also as a batch: it does not take the processor from one that woke up just before.
    Repeating it does no harm; it cannot be taken back.
    """
    os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
    if hasattr(os, "SCHED_BATCH"):
        with contextlib.suppress(PermissionError):  # containers may forbid it
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))

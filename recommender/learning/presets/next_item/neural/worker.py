"""One of the processes that learn together; ``torchrun`` starts them: see :mod:`.together`.

``torchrun ... -m recommender.learning.presets.next_item.neural.worker FOLDER``
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np

from recommender.learning.arrays import Array
from recommender.learning.engine.distributed import is_first, process_group
from recommender.learning.presets.next_item.neural.fit import train_reader
from recommender.learning.presets.next_item.neural.problem_files import (
    ANSWER,
    CHECKPOINT,
    read_problem,
    write_arrays,
)
from recommender.learning.progress import Progress

EPOCH = "neural_epoch"
_LOOKED_EVERY = 2.0


def main(folder: Path) -> None:
    """Learn the problem in ``folder``; the first process writes the answer there.

    A process that is started again after a loss continues from the last epoch.
    """
    threading.Thread(target=_end_with_launcher, args=[os.getppid()], daemon=True).start()
    problem, random_state = read_problem(folder)
    with process_group(problem.device):
        if problem.device == "cuda":
            problem = problem.on(f"cuda:{os.environ['LOCAL_RANK']}")

        def keep(epoch: int, arrays: dict[str, Array]) -> None:
            write_arrays(folder / CHECKPOINT, {**arrays, EPOCH: np.array([epoch])})

        read = train_reader(problem, random_state, _say, keep)
        if is_first():
            write_arrays(folder / ANSWER, read.arrays)


def _end_with_launcher(launcher: int) -> None:
    while os.getppid() == launcher:
        time.sleep(_LOOKED_EVERY)
    os._exit(1)


def _say(progress: Progress) -> None:
    """A line of JSON for the one who started all."""
    print(json.dumps(asdict(progress)), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

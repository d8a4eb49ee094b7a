"""A problem and its answer in a folder, for processes that learn together. No pickles."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from recommender.learning.arrays import Array
from recommender.learning.presets.next_item.neural.fit import Problem
from recommender.learning.presets.next_item.neural.recipe import Recipe
from recommender.learning.presets.next_item.neural.windows import Histories

ANSWER, CHECKPOINT = "answer.safetensors", "checkpoint.safetensors"
_PROBLEM, _START, _SETTINGS = "problem.safetensors", "start.safetensors", "settings.json"


def write_problem(folder: Path, problem: Problem, seed: int) -> None:
    arrays = {"items": problem.train.items}
    for name, part in (("train", problem.train), ("judged", problem.judged)):
        arrays |= {f"{name}_starts": part.starts, f"{name}_stops": part.stops}
    write_arrays(folder / _PROBLEM, arrays)
    if problem.start is not None:
        write_arrays(folder / _START, problem.start)
    settings = {
        "recipe": asdict(problem.recipe),
        "num_items": problem.num_items,
        "device": problem.device,
        "seed": seed,
    }
    (folder / _SETTINGS).write_text(json.dumps(settings))


def read_problem(folder: Path) -> tuple[Problem, np.random.RandomState]:
    """The problem, to be continued from the last checkpoint where there is one, and the state of
    random numbers."""
    settings = json.loads((folder / _SETTINGS).read_text())
    arrays = read_arrays(folder / _PROBLEM)

    def part(name: str) -> Histories:
        return Histories(arrays["items"], arrays[f"{name}_starts"], arrays[f"{name}_stops"])

    starts = [folder / name for name in (CHECKPOINT, _START)]
    start = next((read_arrays(path) for path in starts if path.exists()), None)
    problem = Problem(
        part("train"),
        part("judged"),
        settings["num_items"],
        Recipe(**settings["recipe"]),
        settings["device"],
        start,
    )
    return problem, np.random.RandomState(settings["seed"])


def write_arrays(path: Path, arrays: Mapping[str, Array]) -> None:
    """Whole or not at all: whoever reads meanwhile finds the file as it was."""
    part = path.with_suffix(".part")
    save_file({name: np.ascontiguousarray(one) for name, one in arrays.items()}, part)
    part.replace(path)


def read_arrays(path: Path) -> dict[str, Array]:
    return load_file(path)

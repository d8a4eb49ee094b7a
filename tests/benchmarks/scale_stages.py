"""One stage of :mod:`tests.benchmarks.bench_scale` without a site, in a process of its own.

python -m tests.benchmarks.scale_stages columns|explicit|sequence|update FOLDER [KIND]
    [--seeds 1]

``KIND``, explicit or sequence, is the only one that an update is measured of, with so many seeds.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from recommender.learning.interactions import Interactions
    from recommender.learning.progress import Progress

COLUMNS = {"user": np.int32, "item": np.int32, "half_stars": np.int8, "second": np.int32}
NEW = 0.01  # of the ratings, the newest: what a quick update learns besides
HELD_OUT = 0.02  # of the ratings
QUESTIONS = 10_000


def columns(folder: Path) -> dict[str, float]:
    """Write down the ratings as arrays in the order of users and times, for the fits."""
    import pandas as pd

    types = {"userId": np.int32, "movieId": np.int32, "rating": np.float32, "timestamp": np.int32}
    table = pd.read_csv(folder / "ratings.csv", dtype=types)
    table = table.sort_values(["userId", "timestamp"], kind="stable")
    items = np.unique(table["movieId"].to_numpy(), return_inverse=True)[1] + 1
    made = {
        "user": table["userId"].to_numpy() - 1,
        "item": items,
        "half_stars": 2 * table["rating"].to_numpy(),
        "second": table["timestamp"].to_numpy(),
    }
    for name, dtype in COLUMNS.items():
        np.save(folder / f"{name}.npy", made[name].astype(dtype))
    return {}


def read(folder: Path) -> Interactions:
    from recommender.learning.interactions import Interactions

    user, item, half_stars, second = (np.load(folder / f"{name}.npy") for name in COLUMNS)
    return Interactions(user, item, ratings=half_stars / np.float32(2), timestamps=second)


def make(kind: str, seed: int = 0) -> Any:
    if kind == "explicit":
        from recommender.learning.presets import explicit

        return explicit(random_state=seed)
    # The counted members: the transformer is measured by itself.
    from recommender.learning.presets.next_item.model import SequenceBlendModel

    return SequenceBlendModel(random_state=seed, transformer_from=None)


def fit(kind: str, folder: Path) -> dict[str, float]:
    """A fit; its phases go to the standard error, so that a long one says how far it is."""
    data, model = read(folder), make(kind)
    started, said = time.perf_counter(), ""

    def tell(made: Progress) -> None:
        nonlocal said
        if made.phase != said:
            said = made.phase
            print(f"{time.perf_counter() - started:.0f} s: {said}", file=sys.stderr, flush=True)

    model.fit(data, progress=tell)
    return {"fit_seconds": time.perf_counter() - started}


def update(folder: Path, only: str | None = None, seeds: int = 1) -> dict[str, Any]:
    """A fit of each kind without the newest hundredth, then a quick and a full one with it.

    Costs are processor seconds; quality is told on ratings that none of them has. Both are means
    over the seeds; with several, the quality of each is told too.
    """
    data = read(folder)
    held = np.random.default_rng(0).random(len(data)) < HELD_OUT
    known, asked = data.take(np.flatnonzero(~held)), data.take(np.flatnonzero(held))
    old = known.take(np.flatnonzero(known.timestamps <= np.quantile(known.timestamps, 1 - NEW)))
    found: dict[str, Any] = {}
    for kind, judge in (("explicit", error), ("sequence", gain)):
        if only not in (None, kind):
            continue
        seconds: dict[str, list[float]] = {"quick": [], "full": []}
        told: dict[str, list[float]] = {"quick": [], "full": []}
        for seed in range(seeds):
            arrays, _ = make(kind, seed).fit(old).export()
            for name, warm_start in (("quick", arrays), ("full", None)):
                model, started = make(kind, seed), time.process_time()
                model.fit(known, warm_start=warm_start)
                seconds[name].append(time.process_time() - started)
                told[name].append(judge(model, known, asked))
        for name in ("quick", "full"):
            found[f"{kind}_{name}_processor_seconds"] = float(np.mean(seconds[name]))
            found[f"{kind}_{name}_{judge.__name__}"] = float(np.mean(told[name]))
            if seeds > 1:
                found[f"{kind}_{name}_{judge.__name__}_by_seed"] = told[name]
        found[f"{kind}_quick_share"] = float(np.sum(seconds["quick"]) / np.sum(seconds["full"]))
    return found


def error(model: Any, known: Interactions, asked: Interactions) -> float:
    """RMSE of predicted stars, of some users."""
    few = asked.take(np.flatnonzero(asked.user_ids % max(1, asked.num_users // QUESTIONS) == 0))
    told = model.predict(few.user_ids, few.item_ids)
    return float(np.sqrt(np.mean((told - few.ratings) ** 2)))


def gain(model: Any, known: Interactions, asked: Interactions) -> float:
    """NDCG@10 among all films of one that was held out, after what its user had before it."""
    starts = np.searchsorted(known.user_ids, np.arange(known.num_users + 1))
    chosen = np.random.default_rng(1).permutation(len(asked))[:QUESTIONS]
    total = 0.0
    for row in chosen:
        user = asked.user_ids[row]
        own = slice(starts[user], starts[user + 1])
        history = known.item_ids[own][known.timestamps[own] <= asked.timestamps[row]]
        scores = model.predict(history)
        scores[history], scores[0] = -np.inf, -np.inf
        rank = 1 + int((scores > scores[asked.item_ids[row]]).sum())
        total += 1 / np.log2(rank + 1) if rank <= 10 else 0.0
    return total / len(chosen)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("stage", choices=("columns", "explicit", "sequence", "update"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("kind", nargs="?", choices=("explicit", "sequence"))
    parser.add_argument("--seeds", type=int, default=1)
    options = parser.parse_args()
    if options.stage == "columns":
        made: dict[str, Any] = columns(options.folder)
    elif options.stage == "update":
        made = update(options.folder, options.kind, options.seeds)
    else:
        made = fit(options.stage, options.folder)
    print(json.dumps(made))


if __name__ == "__main__":
    main()

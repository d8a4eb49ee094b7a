"""One stage of :mod:`tests.benchmarks.bench_scale` without a site, in a process of its own.

python -m tests.benchmarks.scale_stages columns|explicit|sequence|update FOLDER [KIND]

``KIND``, explicit or sequence, is the only one that an update is measured of.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
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


def make(kind: str) -> Any:
    if kind == "explicit":
        from recommender.learning.presets import explicit

        return explicit(random_state=0)
    # The counted members: the transformer is measured by itself.
    from recommender.learning.presets.next_item.model import SequenceBlendModel

    return SequenceBlendModel(random_state=0, transformer_from=None)


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


def update(folder: Path, kinds: Sequence[str] = ()) -> dict[str, float]:
    """A fit of each kind without the newest hundredth, then a quick and a full one with it.

    Of ``kinds`` alone, where some are given. Costs are processor seconds; quality is told on
    ratings that none of them has.
    """
    data = read(folder)
    held = np.random.default_rng(0).random(len(data)) < HELD_OUT
    known, asked = data.take(np.flatnonzero(~held)), data.take(np.flatnonzero(held))
    old = known.take(np.flatnonzero(known.timestamps <= np.quantile(known.timestamps, 1 - NEW)))
    found: dict[str, float] = {}
    for kind, judge in (("explicit", error), ("sequence", gain)):
        if kinds and kind not in kinds:
            continue
        arrays, _ = make(kind).fit(old).export()
        for name, warm_start in (("quick", arrays), ("full", None)):
            model, started = make(kind), time.process_time()
            model.fit(known, warm_start=warm_start)
            found[f"{kind}_{name}_processor_seconds"] = time.process_time() - started
            found[f"{kind}_{name}_{judge.__name__}"] = judge(model, known, asked)
        quick, full = (found[f"{kind}_{name}_processor_seconds"] for name in ("quick", "full"))
        found[f"{kind}_quick_share"] = quick / full
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
    stage, folder = sys.argv[1], Path(sys.argv[2])
    if stage == "columns":
        made = columns(folder)
    elif stage == "update":
        made = update(folder, sys.argv[3:])
    else:
        made = fit(stage, folder)
    print(json.dumps(made))


if __name__ == "__main__":
    main()

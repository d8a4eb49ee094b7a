"""One stage of :mod:`tests.benchmarks.bench_scale`, in a process of its own.

python -m tests.benchmarks.scale_stages columns|explicit|sequence|snapshot FOLDER
"""

import json
import os
import sys
import time
from pathlib import Path

import numpy as np

COLUMNS = {"user": np.int32, "item": np.int32, "half_stars": np.int8, "second": np.int32}


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


def fit(kind: str, folder: Path) -> dict[str, float]:
    from recommender.learning import presets
    from recommender.learning.interactions import Interactions

    user, item, half_stars, second = (np.load(folder / f"{name}.npy") for name in COLUMNS)
    stars = half_stars / np.float32(2)
    data = Interactions(user, item, ratings=stars, timestamps=second)
    del user, item, half_stars, second, stars
    started = time.perf_counter()
    if kind == "explicit":
        presets.explicit(random_state=0).fit(data)
    else:  # the counted members: the transformer is measured by itself
        from recommender.learning.presets.next_item.model import SequenceBlendModel

        SequenceBlendModel(random_state=0, transformer_from=None).fit(data)
    return {"fit_seconds": time.perf_counter() - started}


def snapshot() -> dict[str, float]:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moviesite.settings")
    django.setup()
    from recommender.data.snapshot import take_snapshot

    started = time.perf_counter()
    taken = take_snapshot()
    seconds = time.perf_counter() - started
    kept = (taken.user_ids, taken.movie_ids, taken.half_stars, taken.rated_at)
    return {
        "snapshot_seconds": seconds,
        "bytes_a_rating": sum(column.nbytes for column in kept) / max(1, len(taken)),
    }


def main() -> None:
    stage, folder = sys.argv[1], Path(sys.argv[2])
    if stage == "columns":
        said = columns(folder)
    else:
        said = snapshot() if stage == "snapshot" else fit(stage, folder)
    print(json.dumps(said))


if __name__ == "__main__":
    main()

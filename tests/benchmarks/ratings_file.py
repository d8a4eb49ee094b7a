"""Reads the ratings of any MovieLens release for a benchmark."""

from pathlib import Path

import numpy as np
import pandas as pd

from recommender.learning.interactions import Interactions

from .places import data_folder

SMALL = "movies-dataset-small/ratings_small.csv.gz"
COLUMNS = ["user", "item", "rating", "timestamp"]


def read_ratings(path: Path | None = None) -> Interactions:
    """Users from 0, items from 1, both dense and in the order of the file's own ids.

    ``path`` is a ratings.csv, a ratings.dat, a u.data or an .inter file, with or without a line of
    names, packed or not; without one it is the small Movies Dataset's.
    """
    path = path or data_folder() / SMALL
    first = pd.read_csv(path, sep="\0", header=None, nrows=1, dtype=str).iloc[0, 0]
    separator = next(mark for mark in ("::", "\t", ",") if mark in first)
    named = not first.split(separator)[0].strip().isdigit()
    frame = pd.read_csv(
        path,
        sep=separator,
        engine="python" if separator == "::" else "c",
        header=0 if named else None,
        names=COLUMNS,
    )
    return Interactions(
        np.unique(frame["user"], return_inverse=True)[1],
        np.unique(frame["item"], return_inverse=True)[1] + 1,
        ratings=frame["rating"].to_numpy(np.float32),
        timestamps=frame["timestamp"].to_numpy(np.int64),
    )

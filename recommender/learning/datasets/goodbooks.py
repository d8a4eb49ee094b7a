"""Goodbooks-10k: six million ratings of ten thousand books (Zajac, 2017).

https://github.com/zygmuntz/goodbooks-10k
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from recommender.learning.datasets.download import fetch
from recommender.learning.datasets.tables import from_integers
from recommender.learning.interactions import Interactions

_URL = "https://github.com/zygmuntz/goodbooks-10k/releases/download/v1.0/ratings.zip"


def get_goodbooks_dataset() -> Interactions:
    """Download and read the ratings; the order of the file stands in for timestamps.

    User ids count from 0 and item ids from 1. Raises ``DownloadError`` when the file cannot be
    fetched.
    """
    table = pd.read_csv(fetch(_URL), compression="zip")
    items = table["book_id"].to_numpy()
    return from_integers(
        table["user_id"].to_numpy(),
        items,
        ratings=table["rating"].to_numpy(),
        timestamps=np.arange(len(items)),
    )

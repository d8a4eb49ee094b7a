"""Ratings of products on Amazon (McAuley et al., "Image-based recommendations", SIGIR 2015)."""

from __future__ import annotations

import pandas as pd

from recommender.learning.datasets.download import fetch
from recommender.learning.datasets.tables import from_columns
from recommender.learning.interactions import Interactions

_URL = "https://snap.stanford.edu/data/amazon/productGraph/categoryFiles"


def get_amazon_dataset(
    min_user_interactions: int = 10, min_item_interactions: int = 10, category: str = "Video_Games"
) -> Interactions:
    """Download and read the ratings of one category, such as ``'Movies_and_TV'``.

    Users and items with fewer interactions are left out. Both are counted in the whole file, so
    that fewer may be left of those that stay. User ids count from 0 and item ids from 1.

    Raises ``DownloadError`` when there is no such category or no network.
    """
    table = pd.read_csv(
        fetch(f"{_URL}/ratings_{category}.csv"),
        header=None,
        names=["user", "item", "rating", "timestamp"],
    )
    often = [
        table.groupby(column)[column].transform("size") >= smallest
        for column, smallest in (("item", min_item_interactions), ("user", min_user_interactions))
    ]
    table = table[often[0] & often[1]]
    return from_columns(
        table["user"].tolist(),
        table["item"].tolist(),
        ratings=table["rating"].to_numpy(),
        timestamps=table["timestamp"].to_numpy(),
    ).interactions

"""Snapshots written down in a test."""

import numpy as np
import scipy.sparse as sp

from recommender.data.snapshot import Fingerprint, Snapshot


def snapshot_of(ratings: dict[int, list[tuple[int, float]]]) -> Snapshot:
    """Of (film, stars) by user, one a second: the users one after the other."""
    rows = [(user, *rating) for user, given in sorted(ratings.items()) for rating in given]
    users, movies, stars = (np.array(column) for column in zip(*rows, strict=True))
    items = np.unique(np.append(movies, 0))
    return Snapshot(
        user_ids=users.astype(np.int64),
        movie_ids=movies.astype(np.int64),
        half_stars=(2 * stars).astype(np.int8),
        rated_at=np.arange(len(rows)),
        item_movie_ids=items.astype(np.int64),
        item_features=sp.csr_matrix((len(items), 0), dtype=np.float32),
        fingerprint=Fingerprint(
            rating_count=len(rows), watermark=None, data_hash="", deleted_accounts=0
        ),
    )

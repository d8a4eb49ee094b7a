"""The ratings in PostgreSQL at one moment, as arrays to train on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import scipy.sparse as sp
from django.db import connection, transaction
from numpy.typing import NDArray

from recommender.data.movie_features import read_movie_features
from recommender.data.postgres_copy import copy_columns, smaller
from recommender.learning.interactions import Interactions
from recommender.models import Departure

PADDING_MOVIE_ID = 0

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Times as PostgreSQL keeps them, in microseconds: to make numbers of them there takes far longer.
_RATINGS = """
    SELECT user_id::int8, movie_id::int8, half_stars::int2, rated_at, updated_at
    FROM catalog_rating ORDER BY user_id, rated_at, id
"""
# Films that were watched, as far as is known, by those who gave them no stars.
_SEEN = """
    SELECT seen.user_id::int8, seen.movie_id::int8, floor(extract(epoch FROM min(seen.at)))::int8
    FROM (SELECT user_id, movie_id, coalesce(watched_on::timestamptz, marked_at) AS at
          FROM catalog_seenmovie
          UNION ALL SELECT user_id, movie_id, watched_on::timestamptz FROM catalog_diaryentry) seen
    WHERE NOT EXISTS (SELECT FROM catalog_rating r
                      WHERE r.user_id = seen.user_id AND r.movie_id = seen.movie_id)
    GROUP BY seen.user_id, seen.movie_id ORDER BY seen.user_id, min(seen.at), seen.movie_id
"""
_RATING_COLUMNS = {
    "user": np.int64,
    "movie": np.int64,
    "half_stars": np.int16,
    "rated_at": np.int64,
    "updated_at": np.int64,
}
_POSTGRES_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECONDS = 1_000_000
_KEPT = {
    "user": smaller(np.int32),
    "movie": smaller(np.int32),
    "half_stars": smaller(np.int8),
    "rated_at": lambda piece: smaller(np.int32)(
        piece // _MICROSECONDS + int(_POSTGRES_EPOCH.timestamp())
    ),
    "updated_at": lambda piece: piece.max(keepdims=True) if piece.size else piece,
}


@dataclass(frozen=True, kw_only=True)
class Fingerprint:
    """Tells one snapshot from another.

    Attributes
    ----------
    rating_count
        How many ratings.
    watermark
        When the last of them was written; None without ratings.
    data_hash
        SHA-256 over all ratings in their order.
    deleted_accounts
        How many members had deleted their account by then.
    taken_at
        When it was taken, by the database's clock.
    """

    rating_count: int
    watermark: datetime | None
    data_hash: str
    deleted_accounts: int
    taken_at: datetime = field(default=_EPOCH, compare=False)


def _nothing() -> NDArray[np.int64]:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, kw_only=True, eq=False)
class Seen:
    """Films that were watched and not rated: int64 (m,) each, ``seen_at`` in seconds."""

    user_ids: NDArray[np.int64] = field(default_factory=_nothing)
    movie_ids: NDArray[np.int64] = field(default_factory=_nothing)
    seen_at: NDArray[np.int64] = field(default_factory=_nothing)


@dataclass(frozen=True, kw_only=True, eq=False)
class Snapshot:
    """All ratings, ordered stably by user, time and primary key.

    Attributes
    ----------
    user_ids, movie_ids
        int32 (n,), or int64 where they are too large: keys of who rated and what was rated.
    half_stars
        int8 (n,): 1 to 10.
    rated_at
        int32 (n,), or int64 where they are too late: seconds since 1970 when the rating was made.
    item_movie_ids
        int64 (num_items,): the film of each item, ascending; item 0 is padding, with film 0.
    item_features
        float32 CSR (num_items, f): see `MovieFeatures`; without what must not enter a fit.
    feature_codes
        int64 (f,): which feature each column is.
    seen
        What was watched besides.
    fingerprint
        What a version keeps to say what it was trained on.
    """

    user_ids: NDArray[np.signedinteger]
    movie_ids: NDArray[np.signedinteger]
    half_stars: NDArray[np.int8]
    rated_at: NDArray[np.signedinteger]
    item_movie_ids: NDArray[np.int64]
    item_features: sp.csr_matrix
    fingerprint: Fingerprint
    feature_codes: NDArray[np.int64] = field(default_factory=_nothing)
    seen: Seen = field(default_factory=Seen)

    def __len__(self) -> int:
        return len(self.user_ids)

    @property
    def stars(self) -> NDArray[np.float32]:
        """All stars, made when asked for; of some ratings, ask `stars_of`."""
        return self.stars_of(slice(None))

    def stars_of(self, rows: Any) -> NDArray[np.float32]:
        """The stars of the ratings at ``rows`` (positions, a mask or a slice), 0.5 to 5.0."""
        return self.half_stars[rows].astype(np.float32) / np.float32(2)

    def interactions(self, rows: NDArray[np.bool_] | None = None) -> Interactions:
        """The ratings, or those where ``rows`` is true, with dense users and items.

        Every film is an item, rated or not; users without a chosen rating are left out.
        """
        chosen: Any = slice(None) if rows is None else rows
        users, user_indices = _numbered_users(self.user_ids[chosen])
        return Interactions(
            user_indices,
            np.searchsorted(self.item_movie_ids, self.movie_ids[chosen]),
            ratings=self.stars_of(chosen),
            timestamps=self.rated_at[chosen],
            num_users=users,
            num_items=len(self.item_movie_ids),
            item_features=self.item_features,
        )

    def watched(self, rows: NDArray[np.bool_] | None = None) -> Interactions:
        """Who watched what and when: the ratings, or those of ``rows``, and what was only seen.

        Films and users are numbered as by `interactions`, without stars; to learn what comes next.
        """
        columns = self._with_seen(rows)
        if not len(self.seen.user_ids):  # in order already
            return self._numbered(columns)
        order = np.lexsort((columns["times"], columns["users"]))
        return self._numbered({name: column[order] for name, column in columns.items()})

    def rated_and_seen(self, rows: NDArray[np.bool_] | None = None) -> Interactions:
        """`interactions`, and those that only saw a film with weight 0: they chose it, too."""
        if not len(self.seen.user_ids):
            return self.interactions(rows)
        columns = self._with_seen(rows)
        chosen: Any = slice(None) if rows is None else rows
        stars, count = self.stars_of(chosen), len(self.seen.user_ids)
        typical = stars.mean() if len(stars) else 3.5
        return self._numbered(
            columns,
            ratings=np.concatenate([stars, np.full(count, typical, np.float32)]),
            weights=np.concatenate([np.ones(len(stars), np.float32), np.zeros(count, np.float32)]),
        )

    def _with_seen(self, rows: NDArray[np.bool_] | None) -> dict[str, NDArray[np.int64]]:
        chosen: Any = slice(None) if rows is None else rows
        return {
            "users": np.concatenate([self.user_ids[chosen], self.seen.user_ids]),
            "movies": np.concatenate([self.movie_ids[chosen], self.seen.movie_ids]),
            "times": np.concatenate([self.rated_at[chosen], self.seen.seen_at]),
        }

    def _numbered(self, columns: dict[str, NDArray[np.int64]], **more: Any) -> Interactions:
        users, user_indices = _numbered_users(columns["users"])
        return Interactions(
            user_indices,
            np.searchsorted(self.item_movie_ids, columns["movies"]),
            timestamps=columns["times"],
            num_users=users,
            num_items=len(self.item_movie_ids),
            item_features=self.item_features,
            **more,
        )


def _numbered_users(ids: NDArray[Any]) -> tuple[int, NDArray[np.integer]]:
    """How many users there are, and each rating's user, counted from 0 in the order of ids."""
    step = np.diff(ids, prepend=ids[:1])
    if (step >= 0).all():
        places = np.cumsum(step > 0, dtype=np.int32)
        return (int(places[-1]) + 1 if len(ids) else 0), places
    users, numbers = np.unique(ids, return_inverse=True)
    return len(users), numbers


def take_snapshot(check: Callable[[], None] | None = None) -> Snapshot:
    """Read all ratings and films as they are at one moment.

    ``check`` is called while rows come in; what it raises ends the snapshot. Runs in a
    transaction of its own, repeatable-read and read-only: writers are neither blocked nor seen.
    """
    digest = hashlib.sha256()

    def on_bytes(rows: bytes) -> None:
        digest.update(rows)
        if check is not None:
            check()

    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT now()")
            (taken_at,) = cursor.fetchone()
        movies = copy_columns(
            "SELECT id::int8 FROM catalog_movie ORDER BY id", {"movie": np.int64}
        )["movie"]
        item_movie_ids = np.concatenate([np.array([PADDING_MOVIE_ID], np.int64), movies])
        features = read_movie_features(for_fit=True)
        ratings = copy_columns(_RATINGS, _RATING_COLUMNS, keep=_KEPT, on_bytes=on_bytes)
        seen = copy_columns(_SEEN, {"user": np.int64, "movie": np.int64, "at": np.int64})
        deleted_accounts = Departure.objects.count()
    count = len(ratings["user"])
    feature_codes = features.known_often()
    newest = timedelta(microseconds=int(ratings["updated_at"].max())) if count else None
    return Snapshot(
        user_ids=ratings["user"],
        movie_ids=ratings["movie"],
        half_stars=ratings["half_stars"],
        rated_at=ratings["rated_at"],
        item_movie_ids=item_movie_ids,
        item_features=features.matrix(item_movie_ids, feature_codes),
        feature_codes=feature_codes,
        seen=Seen(user_ids=seen["user"], movie_ids=seen["movie"], seen_at=seen["at"]),
        fingerprint=Fingerprint(
            rating_count=count,
            watermark=None if newest is None else _POSTGRES_EPOCH + newest,
            data_hash=digest.hexdigest(),
            deleted_accounts=deleted_accounts,
            taken_at=taken_at,
        ),
    )

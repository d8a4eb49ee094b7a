"""Ratings that go straight into their table by COPY: those of raters who have none yet.

The database looks a row's user and film up for each row that comes in, which takes time. Where
its role may, an import has this left out and does it by itself, once for each user and film: it
finds them and locks them against deletion as the database would, and adds up what each
film has got, as the trigger would.
"""

from datetime import UTC, datetime
from typing import Any

import numpy as np
from django.contrib.auth import get_user_model
from numpy.typing import NDArray

from catalog.postgres import copy_arrays

POSTGRES_EPOCH = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())
MAY_CHECK_BY_ITSELF = "has_parameter_privilege(current_user, 'session_replication_role', 'SET')"
# The order keeps two that lock the same films from waiting for each other.
LOCK = "SELECT id FROM {table} WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE"
ADD_UP = """
    UPDATE catalog_movie m
    SET rating_count = m.rating_count + d.n, half_star_sum = m.half_star_sum + d.s
    FROM (SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) given (id, n, s)
          ORDER BY id) d
    WHERE m.id = d.id
"""

Keys = NDArray[np.int64]


def microseconds(seconds: Keys) -> Keys:
    """Seconds since 1970 as PostgreSQL keeps a time."""
    return (seconds - POSTGRES_EPOCH) * 1_000_000


def still_there(cursor: Any, movies: Keys) -> Keys:
    """Each film, or the one into which an editor has merged it meanwhile, or 0; locked as such."""
    wanted, places = np.unique(movies, return_inverse=True)
    found = _locked(cursor, "catalog_movie", wanted)
    missing = np.setdiff1d(wanted, found)
    if len(missing):
        cursor.execute(
            "SELECT former_id, movie_id FROM catalog_filmalias WHERE former_id = ANY(%s)",
            [missing.tolist()],
        )
        stayed = dict(cursor.fetchall())
        kept = set(_locked(cursor, "catalog_movie", np.array([*stayed.values()], np.int64)))
        for place in np.flatnonzero(np.isin(wanted, missing)):
            survivor = stayed.get(int(wanted[place]), 0)
            wanted[place] = survivor if survivor in kept else 0
    return wanted[places]


def insert(cursor: Any, columns: dict[str, NDArray[np.signedinteger]]) -> None:
    """Insert ratings of users without any: ``user_id``, ``movie_id``, int16 ``half_stars``, times.

    The films are locked already.
    """
    if not len(columns["user_id"]):
        return
    cursor.execute(f"SELECT {MAY_CHECK_BY_ITSELF}")
    by_itself = cursor.fetchone()[0] and _has_all(cursor, columns["user_id"])
    # As late as can be: a model version knows by this time what it has not seen.
    cursor.execute("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
    now = int(cursor.fetchone()[0]) - POSTGRES_EPOCH * 1_000_000
    rows = {**columns, "updated_at": np.full(len(columns["user_id"]), now, np.int64)}
    if not by_itself:
        copy_arrays(cursor, "catalog_rating", rows)
        return
    cursor.execute("SET LOCAL session_replication_role = replica")
    copy_arrays(cursor, "catalog_rating", rows)
    cursor.execute("SET LOCAL session_replication_role TO DEFAULT")
    films, places = np.unique(columns["movie_id"], return_inverse=True)
    sums = np.bincount(places, columns["half_stars"]).astype(np.int64)
    cursor.execute(ADD_UP, [films.tolist(), np.bincount(places).tolist(), sums.tolist()])


def _has_all(cursor: Any, users: Keys) -> bool:
    """Whether all are there still; if not, the database says which one is missing."""
    wanted = np.unique(users)
    return len(_locked(cursor, get_user_model()._meta.db_table, wanted)) == len(wanted)


def _locked(cursor: Any, table: str, keys: Keys) -> Keys:
    cursor.execute(LOCK.format(table=table), [keys[keys > 0].tolist()])
    return np.array([key for (key,) in cursor.fetchall()], np.int64)

"""Ratings with the users who stand for their raters.

The one writer of ratings beside ``catalog.services.ratings``, because what it does is another
thing: it brings millions of ratings up to date, for as many users at once, none of whom has hidden
a film, and makes no object of a row. Ratings of raters who had none go straight into the table by
COPY; those of the others through a temporary table and the one statement of ``upsert``. The undo of
a dataset takes them out again.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from numpy.typing import NDArray

from catalog.datasets.report import Report
from catalog.postgres import copy_arrays

from . import copied_ratings
from .rating_spool import Ratings
from .upsert import upsert

Keys = NDArray[np.int64]
Columns = dict[str, NDArray[np.signedinteger]]

STAGE = """
CREATE TEMPORARY TABLE IF NOT EXISTS stage_rating (
    row_no integer, user_id bigint, movie_id bigint, half_stars smallint, rated_at timestamptz
) ON COMMIT DROP;
TRUNCATE stage_rating
"""
NOBODY = 0


@dataclass(frozen=True)
class KeyMap:
    """The keys here of numbers in the dataset, which are ascending; 0 for none."""

    numbers: NDArray[np.int32]
    keys: Keys

    def of(self, numbers: NDArray[np.int32]) -> Keys:
        if not len(self.numbers):
            return np.zeros(len(numbers), np.int64)
        places = np.searchsorted(self.numbers, numbers)
        places[places == len(self.numbers)] = 0
        return np.where(self.numbers[places] == numbers, self.keys[places], NOBODY)


def key_map(pairs: list[tuple[int, int]]) -> KeyMap:
    found = np.array(sorted(pairs), np.int64).reshape(-1, 2)
    return KeyMap(found[:, 0].astype(np.int32), found[:, 1])


def upsert_raters(cursor: Any, report: Report, slug: str, raters: NDArray[np.int32]) -> KeyMap:
    """Inactive users, one for each rater of the dataset, who cannot log in; returns their keys.

    A member who took such a name beforehand keeps it: that rater is rejected, and has none. In a
    preview new raters are no users yet: they get numbers that no user has.
    """
    cursor.execute("CREATE TEMPORARY TABLE stage_rater (rater integer) ON COMMIT DROP")
    copy_arrays(cursor, "stage_rater", {"rater": raters})
    cursor.execute("ANALYZE stage_rater")
    count = report.count("raters")
    count.read = len(raters)
    user = get_user_model()._meta.db_table
    if not report.preview:
        cursor.execute(
            f"""
            INSERT INTO {user} (username, password, imported, is_active, is_staff, is_superuser,
                                first_name, last_name, email, date_joined)
            SELECT %s || '-' || rater, %s, true, false, false, false, '', '', '', now()
            FROM stage_rater
            WHERE NOT EXISTS (SELECT FROM {user} u WHERE u.username = %s || '-' || rater)
            ORDER BY rater
            ON CONFLICT (username) DO NOTHING
            """,  # noqa: S608
            [slug, make_password(None), slug],
        )
        count.loaded = cursor.rowcount
    cursor.execute(
        f"""
        SELECT r.rater, CASE WHEN u.imported IS FALSE THEN {NOBODY}
                             ELSE coalesce(u.id, -1 - r.rater) END
        FROM stage_rater r LEFT JOIN {user} u ON u.username = %s || '-' || r.rater
        """,  # noqa: S608
        [slug],
    )
    keys = key_map(cursor.fetchall())
    cursor.execute("DROP TABLE stage_rater")
    count.rejected = int((keys.keys == NOBODY).sum())
    if report.preview:
        count.loaded = int((keys.keys < NOBODY).sum())
    return keys


def films_of_items(cursor: Any, item_key: str) -> KeyMap:
    """Which film each item of the dataset is, of the staged ones."""
    cursor.execute(
        f"SELECT {item_key}, movie_id FROM stage_movie WHERE {item_key} IS NOT NULL "  # noqa: S608
        f"UNION ALL SELECT {item_key}, movie_id FROM stage_alias WHERE {item_key} IS NOT NULL"
    )
    return key_map(cursor.fetchall())


def upsert_ratings(
    cursor: Any, report: Report, slug: str, ratings: Ratings, raters: KeyMap, films: KeyMap
) -> None:
    """All ratings of some raters in their order, so that their ids keep it.

    Of several ratings of a film the latest counts, of equal times the last.
    """
    users = raters.of(ratings["rater"])
    _reject_names_of_members(report, slug, ratings["rater"][users == NOBODY])
    movies = films.of(ratings["item"])
    if not report.preview:
        movies = copied_ratings.still_there(cursor, movies)
        _note_lost_films(report, int(((movies == NOBODY) & (users != NOBODY)).sum()))
    known = (users != NOBODY) & (movies != NOBODY)
    places = _latest(users, movies, ratings["rated_at"], np.flatnonzero(known))
    report.remarks["ratings that a later one of the same film and rater replaces"] += int(
        known.sum()
    ) - len(places)
    columns: Columns = {
        "user_id": users[places],
        "movie_id": movies[places],
        "half_stars": ratings["half_stars"][places].astype(np.int16),
        "rated_at": copied_ratings.microseconds(ratings["rated_at"][places]),
    }
    old = np.isin(columns["user_id"], _with_ratings(cursor, np.unique(columns["user_id"])))
    new = {name: column[~old] for name, column in columns.items()}
    if not report.preview:
        copied_ratings.insert(cursor, new)
    report.count("ratings").loaded += int((~old).sum())
    if old.any():
        _upsert_staged(cursor, report, slug, {name: one[old] for name, one in columns.items()})


def _latest(users: Keys, movies: Keys, times: Keys, known: Keys) -> Keys:
    """Places, in their order, of what counts among several ratings of a film by a user."""
    order = known[np.lexsort((times[known], movies[known], users[known]))]
    following = order[1:]
    repeated = (users[order[:-1]] == users[following]) & (movies[order[:-1]] == movies[following])
    return np.sort(order[np.append(~repeated, True)] if len(order) else order)


def _reject_names_of_members(report: Report, slug: str, raters: NDArray[np.int32]) -> None:
    for rater, ratings in zip(*np.unique(raters, return_counts=True), strict=True):
        report.count("ratings").rejected += int(ratings)
        report.remarks[f"ratings of {slug}-{rater}, whose name a member has"] += int(ratings)


def _note_lost_films(report: Report, ratings: int) -> None:
    if ratings:
        report.remarks["ratings of films that were deleted during the import"] += ratings


def _with_ratings(cursor: Any, users: Keys) -> Keys:
    cursor.execute(
        """
        SELECT given.rater FROM unnest(%s::bigint[]) AS given (rater)
        WHERE EXISTS (SELECT FROM catalog_rating r WHERE r.user_id = given.rater)
        """,
        [users[users > NOBODY].tolist()],
    )
    return np.array([key for (key,) in cursor.fetchall()], np.int64)


def _upsert_staged(cursor: Any, report: Report, slug: str, columns: Columns) -> None:
    cursor.execute(STAGE)
    row_no = np.arange(len(columns["user_id"]), dtype=np.int32)
    copy_arrays(cursor, "stage_rating", {"row_no": row_no, **columns})
    cursor.execute("ANALYZE stage_rating")
    _note_other_edition(cursor, report, slug)
    upsert(
        cursor,
        report,
        "ratings",
        table="catalog_rating",
        key="user_id, movie_id",
        columns=("half_stars", "rated_at"),
        source="SELECT user_id, movie_id, half_stars, rated_at, row_no FROM stage_rating",
        # As late as can be: a model version knows by this time what it has not seen.
        on_insert={"updated_at": "statement_timestamp()"},
        on_update={"updated_at": "statement_timestamp()"},
    )


def _note_other_edition(cursor: Any, report: Report, slug: str) -> None:
    """Releases number their users anew, so that another one's ratings would mix with these."""
    cursor.execute(
        """
        SELECT count(*) FROM (SELECT DISTINCT user_id FROM stage_rating) rater
        JOIN catalog_rating old USING (user_id)
        WHERE NOT EXISTS (
            SELECT FROM stage_rating r
            WHERE r.user_id = old.user_id AND r.movie_id = old.movie_id)
        """
    )
    report.remarks[
        f"ratings were loaded earlier as {slug} and are not in this file: is it another edition, "
        "in need of another --name?"
    ] += cursor.fetchone()[0]


def delete_ratings_of(cursor: Any, raters: str) -> None:
    """Delete all ratings of the users whose keys are in a table."""
    cursor.execute(f"DELETE FROM catalog_rating WHERE user_id IN (SELECT id FROM {raters})")  # noqa: S608

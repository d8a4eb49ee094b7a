"""Matching rows with films: one statement for each way to tell, whatever the number of rows.

Ids come before titles. A title counts only where it fits one film: of two films of one title and
year a person has to choose.
"""

import time
from collections.abc import Callable
from typing import Any

from django.db import connection

from catalog.models import ImportRow, MemberImport
from catalog.models.member_import import MatchedBy
from catalog.queries.search import find

# Rows without a film are looked up one by one, so many and so long; the others by a search box.
MOST_SUGGESTED = 500
SUGGEST_SECONDS = 20.0
SUGGESTIONS = 4

# Called with how many of how many rows are done.
Tell = Callable[[int, int], None]

BY_ID = (
    (MatchedBy.IMDB, "imdb_id"),
    (MatchedBy.TMDB, "tmdb_id"),
    (MatchedBy.MOVIELENS, "movielens_id"),
)
BY_TITLE = (
    (MatchedBy.TITLE, "t.year = r.year"),
    (MatchedBy.NEAR_YEAR, "t.year IN (r.year - 1, r.year + 1)"),
    (MatchedBy.TITLE, "r.year IS NULL"),
)


def match(job: MemberImport) -> None:
    """Give each row the film it means, where that is sure."""
    with connection.cursor() as cursor:
        for matched_by, column in BY_ID:
            _match_by_id(cursor, job.pk, matched_by, column)
        _collect_titles(cursor, job.pk)
        for matched_by, condition in BY_TITLE:
            _match_by_title(cursor, job.pk, matched_by, condition)
        cursor.execute("DROP TABLE import_title")


def _match_by_id(cursor: Any, import_id: int, matched_by: str, column: str) -> None:
    """Of several films with an IMDb or TMDB id the most rated one is taken."""
    cursor.execute(
        f"""
        UPDATE catalog_importrow SET movie_id = found.movie_id, matched_by = %s FROM (
            SELECT DISTINCT ON (r.id) r.id, m.id AS movie_id
            FROM catalog_importrow r
            JOIN (SELECT movie_id, {column} FROM catalog_link
                  UNION ALL SELECT movie_id, {column} FROM catalog_filmalias) l
              ON l.{column} = r.{column}
            JOIN catalog_movie m ON m.id = l.movie_id
            WHERE r.member_import_id = %s AND r.movie_id IS NULL
            ORDER BY r.id, m.rating_count DESC, m.id) found
        WHERE catalog_importrow.id = found.id
        """,  # noqa: S608
        [matched_by, import_id],
    )


def _collect_titles(cursor: Any, import_id: int) -> None:
    """The films that have one of the titles in the rows, by title or original title."""
    cursor.execute(
        r"""
        CREATE TEMPORARY TABLE import_title ON COMMIT DROP AS
        SELECT DISTINCT m.id AS movie_id, m.year, t.title
        FROM catalog_movie m,
             unnest(string_to_array(btrim(m.search_title, E'\n'), E'\n')) AS t (title)
        WHERE t.title IN (
            SELECT folded FROM catalog_importrow
            WHERE member_import_id = %s AND movie_id IS NULL AND folded <> '')
        """,
        [import_id],
    )
    cursor.execute("ANALYZE import_title")


def _match_by_title(cursor: Any, import_id: int, matched_by: str, condition: str) -> None:
    cursor.execute(
        f"""
        UPDATE catalog_importrow SET movie_id = found.movie_id, matched_by = %s FROM (
            SELECT r.id, min(t.movie_id) AS movie_id
            FROM catalog_importrow r
            JOIN import_title t ON t.title = r.folded AND {condition}
            WHERE r.member_import_id = %s AND r.movie_id IS NULL
              AND NOT EXISTS (
                  SELECT FROM import_title exact
                  WHERE exact.title = r.folded AND exact.year = r.year AND t.year <> r.year)
            GROUP BY r.id HAVING count(DISTINCT t.movie_id) = 1) found
        WHERE catalog_importrow.id = found.id
        """,  # noqa: S608
        [matched_by, import_id],
    )


def suggest(job: MemberImport, tell: Tell) -> None:
    """Keep for rows without a film the films that they might mean, best first."""
    rows = list(job.rows.filter(movie=None).exclude(folded="")[:MOST_SUGGESTED])
    known: dict[tuple[str, int | None], list[int]] = {}
    end = time.monotonic() + SUGGEST_SECONDS
    for number, row in enumerate(rows):
        if time.monotonic() > end:
            break
        tell(number, len(rows))
        key = row.folded, row.year
        if key not in known:
            known[key] = suggestions_for(row)
        row.suggestions = known[key]
    ImportRow.objects.bulk_update(rows, ["suggestions"], batch_size=500)


def suggestions_for(row: ImportRow) -> list[int]:
    """Keys of the films that a row might mean: of those found, the ones of its time first."""
    found = [one.movie for one in find(_search_text(row), limit=2 * SUGGESTIONS)]
    if row.year is not None:
        year = row.year
        found.sort(key=lambda movie: movie.year is None or abs(movie.year - year) > 1)
    return [movie.pk for movie in found[:SUGGESTIONS]]


def _search_text(row: ImportRow) -> str:
    """What to look for to find the film of a row."""
    return f"{row.title} ({row.year})" if row.year else row.title

"""Matching rows with films: one statement for each way to tell, whatever the number of rows.

Ids come before titles. A title counts only where it fits one film, and never against an id: a film
that is known by another id is another film, and so are two rows of one title with different ids.
What is unsure a person has to choose.
"""

import re
import time
from collections import defaultdict
from collections.abc import Callable, Collection
from typing import Any

from django.db import connection
from django.db.models import Q

from catalog.folding import meaning
from catalog.models import ImportRow, MemberImport, Movie
from catalog.models.import_row import MatchedBy
from catalog.queries.search import Match, find

# Rows without a film are looked up one by one, so many and so long; the others by a search box.
MOST_SUGGESTED = 500
SUGGEST_SECONDS = 6.0
SUGGESTIONS = 4
SUBTITLE = re.compile(r"\s+or\b|\s*[:(–—]\s*|\s+-\s+", re.IGNORECASE)

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
UNSURE = [MatchedBy.TITLE, MatchedBy.NEAR_YEAR, MatchedBy.ALIKE]
# A film known by other ids than the row has.
CONTRADICTED = """
    EXISTS (SELECT FROM catalog_link l WHERE l.movie_id = {movie} AND (
        l.imdb_id <> r.imdb_id OR l.tmdb_id <> r.tmdb_id OR l.movielens_id <> r.movielens_id))
"""
ROW_IDS = ("imdb_id", "tmdb_id", "movielens_id", "letterboxd_id")


def match(job: MemberImport) -> None:
    """Give each row the film it means, where that is sure."""
    with connection.cursor() as cursor:
        for matched_by, column in BY_ID:
            _match_by_id(cursor, job.pk, matched_by, column)
        _leave_what_ids_disagree_about(cursor, job.pk)
        _collect_titles(cursor, job.pk)
        for matched_by, condition in BY_TITLE:
            _match_by_title(cursor, job.pk, matched_by, condition)
        cursor.execute("DROP TABLE import_title")
        _match_by_meaning(cursor, job.pk)
        _leave_what_is_two_films(cursor, job.pk)


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


def _leave_what_ids_disagree_about(cursor: Any, import_id: int) -> None:
    """A row whose ids are those of two films means either of them."""
    cursor.execute(
        """
        UPDATE catalog_importrow r SET movie_id = NULL, matched_by = '',
            suggestions = ARRAY[r.movie_id, other.movie_id]
        FROM catalog_link other
        WHERE r.member_import_id = %s AND r.matched_by = 'imdb' AND other.tmdb_id = r.tmdb_id
          AND other.movie_id <> r.movie_id
          AND EXISTS (SELECT FROM catalog_link mine WHERE mine.movie_id = r.movie_id
              AND mine.tmdb_id IS NOT NULL AND mine.tmdb_id <> r.tmdb_id)
        """,
        [import_id],
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
            WHERE r.member_import_id = %s AND r.movie_id IS NULL AND r.suggestions = '{{}}'
              AND NOT EXISTS (
                  SELECT FROM import_title exact
                  WHERE exact.title = r.folded AND exact.year = r.year AND t.year <> r.year)
              AND NOT {CONTRADICTED.format(movie="t.movie_id")}
            GROUP BY r.id HAVING count(DISTINCT t.movie_id) = 1) found
        WHERE catalog_importrow.id = found.id
        """,  # noqa: S608
        [matched_by, import_id],
    )


def _match_by_meaning(cursor: Any, import_id: int) -> None:
    """Titles that differ in small words, spaces and how numbers are written, in the same year.

    Where such a title has one of the row's own year, the very title in the year beside it is
    unsure: Silent House of 2011 and The Silent House of 2010.
    """
    rows = ImportRow.objects.filter(
        Q(movie=None) | Q(matched_by=MatchedBy.NEAR_YEAR),
        member_import=import_id, suggestions=[], year__isnull=False,
    ).exclude(folded="")  # fmt: skip
    wanted: dict[tuple[str, int], list[tuple[int, bool]]] = defaultdict(list)
    for key, folded, year, movie_id in rows.values_list("pk", "folded", "year", "movie_id"):
        wanted[meaning(folded), year or 0].append((key, movie_id is None))
    if not wanted:
        return
    found = _films_meant(wanted)
    pairs = [
        (row, movie, is_open, len(movies) == 1)
        for said, movies in found.items()
        for movie in movies
        for row, is_open in wanted[said]
    ]
    _take_alike(cursor, [(row, movie) for row, movie, is_open, sure in pairs if is_open and sure])
    _doubt_near_years(cursor, [(row, movie) for row, movie, is_open, _ in pairs if not is_open])


def _films_meant(wanted: Collection[tuple[str, int]]) -> dict[tuple[str, int], set[int]]:
    found: dict[tuple[str, int], set[int]] = defaultdict(set)
    years = {year for _title, year in wanted}
    films = Movie.objects.filter(year__in=years).values_list("pk", "year", "search_title")
    for key, year, titles in films.order_by().iterator(chunk_size=5000):
        for title in titles.strip("\n").split("\n"):
            if (said := (meaning(title), year or 0)) in wanted:
                found[said].add(key)
    return found


def _take_alike(cursor: Any, pairs: list[tuple[int, int]]) -> None:
    cursor.execute(
        f"""
        UPDATE catalog_importrow r SET movie_id = found.movie_id, matched_by = %s
        FROM unnest(%s::bigint[], %s::bigint[]) AS found (id, movie_id)
        WHERE r.id = found.id AND NOT {CONTRADICTED.format(movie="found.movie_id")}
        """,  # noqa: S608
        [MatchedBy.ALIKE, [row for row, _ in pairs], [movie for _, movie in pairs]],
    )


def _doubt_near_years(cursor: Any, pairs: list[tuple[int, int]]) -> None:
    cursor.execute(
        f"""
        UPDATE catalog_importrow SET movie_id = NULL, matched_by = '',
            suggestions = rivals.movies || catalog_importrow.movie_id
        FROM (
            SELECT r.id, array_agg(found.movie_id) AS movies
            FROM catalog_importrow r
            JOIN unnest(%s::bigint[], %s::bigint[]) AS found (id, movie_id) ON r.id = found.id
            WHERE NOT {CONTRADICTED.format(movie="found.movie_id")}
            GROUP BY r.id) rivals
        WHERE catalog_importrow.id = rivals.id
        """,  # noqa: S608
        [[row for row, _ in pairs], [movie for _, movie in pairs]],
    )


def _leave_what_is_two_films(cursor: Any, import_id: int) -> None:
    """Rows with different ids cannot mean one film, and a title does not say which of them does."""
    different = " OR ".join(f"count(DISTINCT {name}) > 1" for name in ROW_IDS)
    cursor.execute(
        f"""
        UPDATE catalog_importrow r SET movie_id = NULL, matched_by = '',
            suggestions = ARRAY[r.movie_id]
        FROM (
            SELECT movie_id FROM catalog_importrow
            WHERE member_import_id = %(job)s AND movie_id IS NOT NULL
            GROUP BY movie_id HAVING {different}) doubtful
        WHERE r.member_import_id = %(job)s AND r.movie_id = doubtful.movie_id
          AND r.matched_by = ANY(%(unsure)s)
        """,  # noqa: S608
        {"job": import_id, "unsure": UNSURE},
    )


def suggest(job: MemberImport, tell: Tell) -> None:
    """Keep for rows without a film the films that they might mean, best first."""
    open_rows = job.rows.filter(movie=None, suggestions=[]).exclude(folded="")
    rows = list(open_rows[:MOST_SUGGESTED])
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
        if not found or found[0].year is None or abs(found[0].year - year) > 1:
            found = _by_beginning(row.title, year) + found
    return [movie.pk for movie in found[:SUGGESTIONS]]


def _by_beginning(title: str, year: int) -> list[Movie]:
    """Films of the year that are called what stands before a subtitle."""
    head = SUBTITLE.split(title, maxsplit=1)[0].strip()
    if not head or head == title.strip():
        return []
    films = Movie.objects.filter(year=year)
    return [one.movie for one in find(head, limit=2, within=films) if one.match <= Match.BEGINS]


def _search_text(row: ImportRow) -> str:
    """What to look for to find the film of a row."""
    return f"{row.title} ({row.year})" if row.year else row.title

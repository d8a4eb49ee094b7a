"""Upsert of people, credits and keywords: staged by COPY, joined on the id of the film's metadata.

A film whose credits (or keywords) TMDB or an editor has written since keeps them.
"""

from collections.abc import Iterable
from typing import Any

from catalog.datasets.report import Report
from catalog.models import Person
from catalog.postgres import Copier
from catalog.services.credits import KeptCredit
from catalog.tmdb.records import KeywordRecord

from .upsert import upsert

CREDIT_COLUMNS = (
    *("row_no", "film", "person", "name", "search_name", "profile_path"),
    *("department", "job", "character", "position"),
)
# Films that the staged rows are for; one dataset's row may stand for several films.
FILMS_OF = """
    SELECT DISTINCT m.movie_id, m.metadata_id AS film FROM stage_movie m
    WHERE m.metadata_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM catalog_fieldprovenance p
        WHERE p.movie_id = m.movie_id AND p.field = '{field}'
          AND (p.locked OR p.origin <> 'dataset'))
"""


def stage_credits(cursor: Any, credits: Iterable[tuple[int, KeptCredit]]) -> None:
    Copier(cursor)(
        "stage_credit",
        CREDIT_COLUMNS,
        (
            (
                *(number, film, one.tmdb_person_id, one.name, Person.folded_name(one.name)),
                *(one.profile_path, one.department.value, one.job, one.character, one.position),
            )
            for number, (film, one) in enumerate(credits)
        ),
    )
    cursor.execute("CREATE INDEX ON stage_credit (film)")
    cursor.execute("ANALYZE stage_credit")


def upsert_people(cursor: Any, report: Report) -> None:
    """New people as the file first names them; known ones get a picture where they have none."""
    _note_strangers(cursor, report, "stage_credit", "credits")
    upsert(
        cursor,
        report,
        "people",
        table="catalog_person",
        key="tmdb_id",
        columns=("name", "search_name", "profile_path"),
        source="""SELECT DISTINCT ON (s.person) s.person AS tmdb_id, s.row_no,
                      coalesce(p.name, s.name) AS name,
                      coalesce(p.search_name, s.search_name) AS search_name,
                      CASE WHEN p.locked THEN p.profile_path
                           ELSE coalesce(nullif(p.profile_path, ''), s.profile_path)
                      END AS profile_path
                  FROM stage_credit s LEFT JOIN catalog_person p ON p.tmdb_id = s.person
                  WHERE EXISTS (SELECT FROM stage_movie m WHERE m.metadata_id = s.film)
                  ORDER BY s.person, (s.profile_path = ''), s.row_no""",
        on_insert={"locked": "false", "credit_count": "0"},
    )


def upsert_credits(cursor: Any, report: Report) -> None:
    films = FILMS_OF.format(field="credits")
    cursor.execute(
        f"""
        WITH films AS MATERIALIZED ({films})
        DELETE FROM catalog_credit c USING films
        WHERE c.movie_id = films.movie_id
          AND EXISTS (SELECT FROM stage_credit s WHERE s.film = films.film)
          AND NOT EXISTS (
              SELECT FROM stage_credit s JOIN catalog_person p ON p.tmdb_id = s.person
              WHERE s.film = films.film AND p.id = c.person_id
                AND s.department = c.department AND s.job = c.job)
        """  # noqa: S608
    )
    upsert(
        cursor,
        report,
        "credits",
        table="catalog_credit",
        key="movie_id, person_id, department, job",
        columns=("character", "position"),
        source=f"""SELECT films.movie_id, p.id AS person_id, s.department, s.job,
                       s.character, s.position, s.row_no
                   FROM ({films}) films JOIN stage_credit s ON s.film = films.film
                   JOIN catalog_person p ON p.tmdb_id = s.person""",  # noqa: S608
    )


def stage_keywords(cursor: Any, keywords: Iterable[tuple[int, KeywordRecord]]) -> None:
    Copier(cursor)(
        "stage_keyword",
        ("row_no", "film", "key", "name"),
        ((number, film, one.tmdb_id, one.name) for number, (film, one) in enumerate(keywords)),
    )
    cursor.execute("CREATE INDEX ON stage_keyword (film)")
    cursor.execute("ANALYZE stage_keyword")


def upsert_keywords(cursor: Any, report: Report) -> None:
    """Keywords and which films have them; the file's list of a film replaces the film's own."""
    _note_strangers(cursor, report, "stage_keyword", "keywords")
    upsert(
        cursor,
        report,
        "keywords",
        table="catalog_keyword",
        key="tmdb_id",
        columns=("name",),
        source="""SELECT DISTINCT ON (key) key AS tmdb_id, name, row_no FROM stage_keyword s
                  WHERE EXISTS (SELECT FROM stage_movie m WHERE m.metadata_id = s.film)
                  ORDER BY key, row_no""",
    )
    films = FILMS_OF.format(field="keywords")
    cursor.execute(
        f"""
        WITH films AS MATERIALIZED ({films})
        DELETE FROM catalog_keyword_movies t USING films
        WHERE t.movie_id = films.movie_id
          AND EXISTS (SELECT FROM stage_keyword s WHERE s.film = films.film)
          AND NOT EXISTS (
              SELECT FROM stage_keyword s JOIN catalog_keyword k ON k.tmdb_id = s.key
              WHERE s.film = films.film AND k.id = t.keyword_id)
        """  # noqa: S608
    )
    cursor.execute(
        f"""
        INSERT INTO catalog_keyword_movies (keyword_id, movie_id)
        SELECT DISTINCT k.id, films.movie_id
        FROM ({films}) films JOIN stage_keyword s ON s.film = films.film
        JOIN catalog_keyword k ON k.tmdb_id = s.key
        WHERE NOT EXISTS (
            SELECT FROM catalog_keyword_movies t
            WHERE t.keyword_id = k.id AND t.movie_id = films.movie_id)
        """  # noqa: S608
    )


def _note_strangers(cursor: Any, report: Report, stage: str, kind: str) -> None:
    cursor.execute(
        f"""
        SELECT count(DISTINCT film) FROM {stage} s
        WHERE NOT EXISTS (SELECT FROM stage_movie m WHERE m.metadata_id = s.film)
        """  # noqa: S608
    )
    report.remarks[f"films with {kind} that the metadata do not have"] += cursor.fetchone()[0]

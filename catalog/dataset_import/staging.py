"""Staging films in temporary tables, by COPY."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from typing import Any

from django.utils.text import slugify

from catalog.datasets.records import Film
from catalog.folding import fold
from catalog.models import Movie
from catalog.postgres import Copier

# Films are staged in portions so that a whole catalog is never in memory.
PORTION = 4000

MOVIE_TEXTS = ("overview", "tagline", "original_language", "status", "homepage", "poster_path")
MOVIE_NUMBERS = (
    "release_date",
    "runtime",
    "adult",
    "video",
    "budget",
    "revenue",
    "popularity",
    "vote_average",
    "vote_count",
)
LINK_IDS = ("movielens_id", "ml_100k_id", "imdb_id", "tmdb_id")
STAGED_IDS = (*LINK_IDS, "metadata_id")

TABLES = """
CREATE TEMPORARY TABLE stage_movie (
    row_no integer PRIMARY KEY, movie_id bigint, is_new boolean NOT NULL DEFAULT false,
    knowledge smallint NOT NULL,
    title text NOT NULL, original_title text NOT NULL, search_title text NOT NULL,
    folded_title text NOT NULL, year smallint,
    movielens_id integer, ml_100k_id integer, imdb_id text, tmdb_id integer, metadata_id integer,
    overview text, tagline text, original_language text, status text, homepage text,
    poster_path text, release_date date, runtime smallint, adult boolean, video boolean,
    budget bigint, revenue bigint, popularity double precision, vote_average double precision,
    vote_count integer, collection_id integer
) ON COMMIT DROP;
CREATE TEMPORARY TABLE stage_collection (
    row_no integer, tmdb_id integer, name text, poster_path text, backdrop_path text
) ON COMMIT DROP;
CREATE TEMPORARY TABLE stage_genre (row_no integer, key text, name text) ON COMMIT DROP;
CREATE TEMPORARY TABLE stage_company (row_no integer, key integer, name text) ON COMMIT DROP;
CREATE TEMPORARY TABLE stage_country (row_no integer, key text, name text) ON COMMIT DROP;
CREATE TEMPORARY TABLE stage_language (row_no integer, key text, name text) ON COMMIT DROP;
CREATE TEMPORARY TABLE stage_alias (
    movie_id bigint, movielens_id integer, ml_100k_id integer
) ON COMMIT DROP;
CREATE TEMPORARY TABLE stage_credit (
    row_no integer, film integer, person integer, name text, search_name text, profile_path text,
    department text, job text, character text, position smallint
) ON COMMIT DROP;
CREATE TEMPORARY TABLE stage_keyword (
    row_no integer, film integer, key integer, name text
) ON COMMIT DROP;
"""
TABLE_NAMES = (
    "stage_movie",
    "stage_collection",
    "stage_genre",
    "stage_company",
    "stage_country",
    "stage_language",
    "stage_alias",
    "stage_credit",
    "stage_keyword",
)
MOVIE_COLUMNS = (
    "row_no",
    "knowledge",
    "title",
    "original_title",
    "search_title",
    "folded_title",
    "year",
    *STAGED_IDS,
    *MOVIE_TEXTS,
    *MOVIE_NUMBERS,
    "collection_id",
)


def create_tables(cursor: Any) -> None:
    cursor.execute(TABLES)


def drop_tables(cursor: Any) -> None:
    cursor.execute(f"DROP TABLE IF EXISTS {', '.join(TABLE_NAMES)}, stage_rating")


def stage_films(cursor: Any, films: Iterable[Film]) -> int:
    """Stage all films with what they belong to; returns how many there were."""
    remaining, staged = iter(films), 0
    while portion := list(islice(remaining, PORTION)):
        numbered = list(enumerate(portion, start=staged))
        copy = Copier(cursor)
        copy("stage_movie", MOVIE_COLUMNS, (_movie_row(n, film) for n, film in numbered))
        copy(
            "stage_collection",
            ("row_no", "tmdb_id", "name", "poster_path", "backdrop_path"),
            ((n, *film.collection) for n, film in numbered if film.collection),
        )
        copy(
            "stage_genre",
            ("row_no", "key", "name"),
            ((n, _slug(name), name) for n, film in numbered for name in film.genres),
        )
        for table, attribute in (
            ("stage_company", "companies"),
            ("stage_country", "countries"),
            ("stage_language", "languages"),
        ):
            rows = ((n, *pair) for n, film in numbered for pair in getattr(film, attribute))
            copy(table, ("row_no", "key", "name"), rows)
        staged += len(portion)
    for table in TABLE_NAMES:
        cursor.execute(f"ANALYZE {table}")
    return staged


@lru_cache(maxsize=1024)
def _slug(name: str) -> str:
    return slugify(name)


def _movie_row(number: int, film: Film) -> tuple[object, ...]:
    return (
        number,
        int(film.knowledge),
        film.title,
        film.original_title,
        Movie.folded_titles(film.title, film.original_title),
        fold(film.title),
        film.year,
        *(getattr(film, name) for name in STAGED_IDS),
        *(getattr(film, name) or None for name in MOVIE_TEXTS),
        *(getattr(film, name) for name in MOVIE_NUMBERS),
        film.collection[0] if film.collection else None,
    )

"""Films by primary key, with what lists of them show: one query for any number of films.

As SQL, since making the same with the ORM takes longer than the database takes to answer it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import connection
from django.utils.translation import get_language

from catalog.models import DiaryEntry, FilmTranslation, Genre, Link, Movie, Rating, SeenMovie

_MOVIES, _LINKS, _GENRES = Movie._meta.db_table, Link._meta.db_table, Genre._meta.db_table
_MOVIE_GENRES = Movie.genres.through._meta.db_table

_GENRES_OF = f"""ARRAY(
    SELECT {{column}} FROM {_GENRES} AS genre
    JOIN {_MOVIE_GENRES} AS has ON has.genre_id = genre.id
    WHERE has.movie_id = movie.id ORDER BY genre.name)"""  # noqa: S608
_TITLES = f"SELECT id, title FROM {_MOVIES} WHERE id = ANY(%s)"  # noqa: S608
_LOCAL_TITLE = f"""coalesce(
    (SELECT nullif(words.title, '') FROM {FilmTranslation._meta.db_table} AS words
     WHERE words.movie_id = movie.id AND words.language = %s),
    CASE WHEN original_language = %s AND original_language <> 'en' THEN original_title END, '')"""  # noqa: S608
_CARDS = f"""
    SELECT movie.id, title, year, poster_path, movie.hidden, {_LOCAL_TITLE},
        {_GENRES_OF.format(column="ARRAY[genre.name, genre.slug]")}, half_stars,
        EXISTS (SELECT FROM {SeenMovie._meta.db_table} AS mark
            WHERE mark.movie_id = movie.id AND mark.user_id = %s),
        EXISTS (SELECT FROM {DiaryEntry._meta.db_table} AS entry
            WHERE entry.movie_id = movie.id AND entry.user_id = %s)
    FROM {_MOVIES} AS movie
    LEFT JOIN {Rating._meta.db_table} AS rating
        ON rating.movie_id = movie.id AND rating.user_id = %s
    WHERE movie.id = ANY(%s) AND (%s OR NOT movie.hidden)
"""  # noqa: S608
_LOCAL_TITLES = f"""
    SELECT movie.id, {_LOCAL_TITLE} FROM {_MOVIES} AS movie WHERE movie.id = ANY(%s)
"""  # noqa: S608
_CARD_COLUMNS = ("id", "title", "year", "poster_path", "hidden")
_DETAILS = f"""
    SELECT movie.id, title, original_title, year, runtime, poster_path, rating_count,
        half_star_sum, movielens_id, imdb_id, tmdb_id, {_GENRES_OF.format(column="genre.name")}
    FROM {_MOVIES} AS movie LEFT JOIN {_LINKS} AS link ON link.movie_id = movie.id
    WHERE movie.id = ANY(%s)
"""  # noqa: S608


def titles(movie_ids: Iterable[int]) -> dict[int, str]:
    """The titles of films by primary key; one that is not there is left out, as everywhere here."""
    return dict(_rows(_TITLES, movie_ids))


def card_movies(
    movie_ids: Iterable[int],
    user: AbstractBaseUser | AnonymousUser | None = None,
    *,
    hidden: bool = False,
) -> dict[int, Movie]:
    """Films with what a card shows: genres, the title in the language in force, and the marks of
    ``user``, who may be a visitor.

    Other columns are read when asked for. ``hidden``: those that are hidden from the site too,
    for a member's own pages.
    """
    genres: dict[str, Genre] = {}
    found = {}
    user_id = user.pk if user else None
    language = _language()
    for *values, local_title, named, half_stars, is_marked_seen, is_in_diary in _rows(
        _CARDS, language, language, user_id, user_id, user_id, movie_ids, hidden
    ):
        movie = Movie.from_db(connection.alias, _CARD_COLUMNS, values)
        movie.genre_list = [
            genres.get(slug) or genres.setdefault(slug, Genre(name=name, slug=slug))
            for name, slug in named
        ]
        movie.local_title = local_title
        movie.your_half_stars = half_stars  # type: ignore[attr-defined]
        movie.is_marked_seen = is_marked_seen  # type: ignore[attr-defined]
        movie.is_in_diary = is_in_diary  # type: ignore[attr-defined]
        found[movie.pk] = movie
    return found


def name_locally(movies: Collection[Movie]) -> None:
    """Give films that were read otherwise their title in the language in force."""
    language = _language()
    if language == "en" or not movies:
        return
    found = dict(_rows(_LOCAL_TITLES, language, language, [movie.pk for movie in movies]))
    for movie in movies:
        movie.local_title = found.get(movie.pk, "")


def _language() -> str:
    return (get_language() or "en").split("-")[0]


def details(movie_ids: Iterable[int]) -> list[tuple[Any, ...]]:
    """Primary key, title, original title, year, runtime, poster's path, number of ratings, sum of
    half-stars, ids at MovieLens, IMDb and TMDB, and names of the genres of each film."""
    return _rows(_DETAILS, movie_ids)


def _rows(sql: str, *parameters: str | int | Iterable[int] | None) -> list[tuple[Any, ...]]:
    values = [
        list(one) if isinstance(one, Iterable) and not isinstance(one, str) else one
        for one in parameters
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found

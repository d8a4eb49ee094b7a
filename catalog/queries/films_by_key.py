"""Films by primary key, with what lists of them show: one query for any number of films.

As SQL, since making the same with the ORM takes longer than the database takes to answer it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import connection
from django.db.models import Model
from django.utils.translation import get_language

from catalog.film_urls import film_address
from catalog.models import (
    DiaryEntry,
    FilmTranslation,
    Genre,
    Link,
    Movie,
    Offer,
    Provider,
    Rating,
    SeenMovie,
)
from catalog.models.provider import INCLUDED

_MOVIES, _LINKS, _GENRES = Movie._meta.db_table, Link._meta.db_table, Genre._meta.db_table
_MOVIE_GENRES = Movie.genres.through._meta.db_table

_GENRES_OF = f"""ARRAY(
    SELECT {{column}} FROM {_GENRES} AS genre
    JOIN {_MOVIE_GENRES} AS has ON has.genre_id = genre.id
    WHERE has.movie_id = movie.id ORDER BY genre.name)"""  # noqa: S608
_LOCAL_TITLE = f"""coalesce(
    (SELECT nullif(words.title, '') FROM {FilmTranslation._meta.db_table} AS words
     WHERE words.movie_id = movie.id AND words.language = %s),
    CASE WHEN original_language = %s AND original_language <> 'en' THEN original_title END, '')"""  # noqa: S608
_SERVICE = f"""
    CASE WHEN %s THEN coalesce((
        SELECT provider.name FROM {Offer._meta.db_table} AS offer
        JOIN {Provider._meta.db_table} AS provider ON provider.id = offer.provider_id
        WHERE offer.movie_id = movie.id AND offer.country = %s AND offer.provider_id = ANY(%s)
            AND offer.kind IN ({", ".join(f"'{kind}'" for kind in INCLUDED)})
        ORDER BY offer.priority, offer.id LIMIT 1), '') ELSE '' END"""  # noqa: S608
_CARDS = f"""
    SELECT movie.id, title, year, poster_path, movie.hidden, {_LOCAL_TITLE}, {_SERVICE},
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
_NAMES = f"""
    SELECT movie.id, title, {_LOCAL_TITLE} FROM {_MOVIES} AS movie WHERE movie.id = ANY(%s)
"""  # noqa: S608
_CARD_COLUMNS = ("id", "title", "year", "poster_path", "hidden")
_DETAILS = f"""
    SELECT movie.id, title, {_LOCAL_TITLE}, original_title, year, runtime, poster_path,
        rating_count, half_star_sum, movielens_id, imdb_id, tmdb_id,
        {_GENRES_OF.format(column="genre.name")}
    FROM {_MOVIES} AS movie LEFT JOIN {_LINKS} AS link ON link.movie_id = movie.id
    WHERE movie.id = ANY(%s)
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class NamedMovie:
    """A film that is only named: a home page names hundreds."""

    pk: int
    title: str
    local_title: str = ""

    @property
    def shown_title(self) -> str:
        """In the reader's language."""
        return self.local_title or self.title

    def get_absolute_url(self) -> str:
        return film_address(self.pk, self.title)


def named_movies(movie_ids: Iterable[int]) -> dict[int, NamedMovie]:
    """The names of films by primary key; one that is not there is left out, as everywhere here."""
    language = _language()
    return {row[0]: NamedMovie(*row) for row in _rows(_NAMES, language, language, movie_ids)}


def card_movies(
    movie_ids: Iterable[int],
    user: AbstractBaseUser | AnonymousUser | None = None,
    *,
    hidden: bool = False,
    country: str = "",
    services: Iterable[int] = (),
) -> dict[int, Movie]:
    """Films with what a card shows: genres, the title in the language in force, and the marks of
    ``user``, who may be a visitor.

    Other columns are read when asked for. ``hidden``: those that are hidden from the site too,
    for a member's own pages. ``services``: keys of the providers of which the first that includes
    a film in ``country`` is named on its card.
    """
    services = list(services)
    genres: dict[str, Genre] = {}
    found = {}
    user_id = user.pk if user else None
    language = _language()
    for *values, local_title, service, named, half_stars, is_marked_seen, is_in_diary in _rows(
        _CARDS,
        *(language, language, bool(services), country, services),
        *(user_id, user_id, user_id, movie_ids, hidden),
    ):
        movie = Movie.from_db(connection.alias, _CARD_COLUMNS, values)
        movie.genre_list = [
            genres.get(slug) or genres.setdefault(slug, Genre(name=name, slug=slug))
            for name, slug in named
        ]
        movie.local_title = local_title
        movie.service = service
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
    found = named_movies(movie.pk for movie in movies)
    for movie in movies:
        if movie.pk in found:
            movie.local_title = found[movie.pk].local_title


def name_films_among(items: Iterable[object]) -> None:
    """The same for a part of a list: its items, or the films that were read along with them."""
    films = []
    for one in items:
        film = one
        if isinstance(one, Model) and not isinstance(one, Movie):
            film = one._state.fields_cache.get("movie")
        if isinstance(film, Movie):
            films.append(film)
    name_locally(films)


def name_of(movie: Movie) -> str:
    """The title of one film in the language in force."""
    name_locally([movie])
    return movie.shown_title


def _language() -> str:
    return (get_language() or "en").split("-")[0]


def details(movie_ids: Iterable[int]) -> list[tuple[Any, ...]]:
    """Primary key, title, title in the language in force, original title, year, runtime, poster's
    path, number of ratings, sum of half-stars, ids at MovieLens, IMDb and TMDB, and names of the
    genres of each film."""
    language = _language()
    return _rows(_DETAILS, language, language, movie_ids)


def _rows(sql: str, *parameters: str | int | Iterable[int] | None) -> list[tuple[Any, ...]]:
    values = [
        list(one) if isinstance(one, Iterable) and not isinstance(one, str) else one
        for one in parameters
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found

"""Movies, ratings and marks as plain JSON values, as the schemas describe them: not validated."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest

from catalog.film_urls import image_address
from catalog.models import Credit, Movie, Person, Rating, SeenMovie
from catalog.models.movie import FEWEST_PEOPLE
from catalog.queries.films_by_key import details, name_locally
from catalog.queries.people import credits_of

Json = dict[str, Any]


def movies_json(movie_ids: Iterable[int], request: HttpRequest | None = None) -> dict[int, Json]:
    """Films by primary key, in one query and without model instances."""
    return {row[0]: _movie_json(request, *row) for row in details(movie_ids)}


def movie_json(movie: Movie, request: HttpRequest | None = None) -> Json:
    """One film that was read with its link and its genres; one of many should be named already."""
    if "local_title" not in vars(movie):
        name_locally([movie])
    link = getattr(movie, "link", None)
    return _movie_json(
        request,
        movie.pk,
        movie.title,
        movie.local_title,
        movie.original_title,
        movie.year,
        movie.runtime,
        movie.poster_path,
        movie.rating_count,
        movie.half_star_sum,
        link.movielens_id if link else None,
        link.imdb_id if link else None,
        link.tmdb_id if link else None,
        [genre.name for genre in movie.genres.all()],
    )


def _movie_json(
    request: HttpRequest | None,
    pk: int,
    title: str,
    local_title: str,
    original_title: str,
    year: int | None,
    runtime: int | None,
    poster_path: str,
    rating_count: int,
    half_star_sum: int,
    movielens_id: int | None,
    imdb_id: str | None,
    tmdb_id: int | None,
    genres: list[str],
) -> Json:
    if rating_count < FEWEST_PEOPLE:
        rating_count = half_star_sum = 0
    return {
        "id": pk,
        "title": title,
        "local_title": local_title or title,
        "original_title": original_title or title,
        "year": year,
        "genres": genres,
        "runtime": runtime,
        "poster_url": _image_url(poster_path, "w342", request),
        "links": {"movielens": movielens_id, "imdb": imdb_id, "tmdb": tmdb_id},
        "average_rating": round(half_star_sum / rating_count / 2, 3) if rating_count else None,
        "rating_count": rating_count,
    }


def _image_url(path: str, size: str, request: HttpRequest | None) -> str | None:
    """Whole where a request says which host this is, else from the host's root on."""
    address = image_address(path, size)
    return request.build_absolute_uri(address) if request and address else address


def movie_with_people_json(movie: Movie, request: HttpRequest | None = None) -> Json:
    """One film as :func:`movie_json` has it, with who made it."""
    people = credits_of(movie)
    return {
        **movie_json(movie, request),
        "directors": [person_json(credit.person, request) for credit in people.directors],
        "cast": [_role_json(credit, request) for credit in people.cast],
    }


def person_json(person: Person, request: HttpRequest | None = None) -> Json:
    return {
        "id": person.pk,
        "name": person.name,
        "tmdb_id": person.tmdb_id,
        "image_url": _image_url(person.profile_path, "w185", request),
    }


def _role_json(credit: Credit, request: HttpRequest | None = None) -> Json:
    return {"person": person_json(credit.person, request), "character": credit.character}


def rating_json(rating: Rating, request: HttpRequest | None = None) -> Json:
    """A rating whose film was read with its link and its genres."""
    return {
        "movie": movie_json(rating.movie, request),
        "rating": rating.stars,
        "rated_at": rating.rated_at,
    }


def seen_json(mark: SeenMovie, request: HttpRequest | None = None) -> Json:
    """A mark whose film was read with its link and its genres."""
    return {
        "movie": movie_json(mark.movie, request),
        "watched_on": mark.watched_on,
        "marked_at": mark.marked_at,
    }

"""Movies, ratings and marks as plain JSON values, as the schemas describe them: not validated."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings

from catalog.models import Movie, Rating, SeenMovie
from catalog.queries.films_by_key import details

Json = dict[str, Any]


def movies_json(movie_ids: Iterable[int]) -> dict[int, Json]:
    """Films by primary key, in one query and without model instances."""
    return {row[0]: _movie_json(*row) for row in details(movie_ids)}


def movie_json(movie: Movie) -> Json:
    """One film that was read with its link and its genres."""
    link = getattr(movie, "link", None)
    return _movie_json(
        movie.pk,
        movie.title,
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
    pk: int,
    title: str,
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
    return {
        "id": pk,
        "title": title,
        "original_title": original_title or title,
        "year": year,
        "genres": genres,
        "runtime": runtime,
        "poster_url": f"{settings.POSTER_BASE_URL}{poster_path}" if poster_path else None,
        "links": {"movielens": movielens_id, "imdb": imdb_id, "tmdb": tmdb_id},
        "average_rating": round(half_star_sum / rating_count / 2, 3) if rating_count else None,
        "rating_count": rating_count,
    }


def rating_json(rating: Rating) -> Json:
    """A rating whose film was read with its link and its genres."""
    return {
        "movie": movie_json(rating.movie),
        "rating": rating.stars,
        "rated_at": rating.rated_at,
    }


def seen_json(mark: SeenMovie) -> Json:
    """A mark whose film was read with its link and its genres."""
    return {
        "movie": movie_json(mark.movie),
        "watched_on": mark.watched_on,
        "marked_at": mark.marked_at,
    }

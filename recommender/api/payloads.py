"""Answers as plain JSON values: what the schemas describe, made without checking it again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings

from catalog.models import Movie
from recommender.pages.card_queries import details
from recommender.pages.cards import draft
from recommender.serving.recommender import Ranking, Recommender

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


def recommendations_json(person: Recommender, ranking: Ranking) -> Json:
    """A ranking with its films, predictions and reasons; a film deleted meanwhile is left out."""
    one = draft(person, ranking)
    movies = movies_json(one.wanted())
    items = [
        {
            "movie": movies[movie_id],
            "score": round(float(score), 4),
            "predicted_rating": predicted,
            "is_uncertain": uncertain,
            "reasons": [
                {"movie": movies[reason.movie_id], "weight": reason.weight}
                for reason in reasons
                if reason.movie_id in movies
            ],
        }
        for movie_id, score, predicted, uncertain, reasons in zip(
            one.movie_ids, ranking.scores, one.predicted, one.uncertain, one.reasons, strict=True
        )
        if movie_id in movies
    ]
    return {"items": items, "count": len(items), "version": ranking.version}

"""Recommendations as plain JSON values: what the schemas describe, made without checking again."""

from __future__ import annotations

from django.http import HttpRequest

from catalog.api.payloads import Json, movies_json
from recommender.pages.cards import draft
from recommender.pages.similar import SimilarFilms
from recommender.serving import Recommender
from recommender.serving.ranking import Ranking


def recommendations_json(
    recommender: Recommender, ranking: Ranking, request: HttpRequest | None = None
) -> Json:
    """A ranking with its films, predictions and reasons; a film deleted meanwhile is left out."""
    one = draft(recommender, ranking)
    movies = movies_json(one.reason_ids().union(one.movie_ids), request)
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


def similar_json(similar: SimilarFilms, request: HttpRequest | None = None) -> Json:
    """Similar films with their similarity; a film deleted meanwhile is left out."""
    movies = movies_json(similar.scores, request)
    items = [
        {"movie": movies[movie_id], "score": score}
        for movie_id, score in similar.scores.items()
        if movie_id in movies
    ]
    return {"items": items, "count": len(items), "version": similar.version}

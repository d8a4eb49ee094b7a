"""Changing many ratings at once, and bringing them back as they were."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from catalog.models import HiddenMovie, Movie, Rating

from . import ratings
from .ratings import RatedFilm
from .turns import take_turn

# Ratings and hidden marks of some films, as JSON can hold them: what ``restore`` goes back to.
RatingsBefore = dict[str, Any]


def ratings_before(user_id: int, movie_ids: Iterable[int]) -> RatingsBefore:
    """What the user thinks of some films now, to the microsecond.

    Call it in the transaction that changes them: the ratings are locked until it ends.
    """
    films = list(movie_ids)
    rated = Rating.objects.filter(user_id=user_id, movie_id__in=films).order_by("pk")
    hidden = HiddenMovie.objects.filter(user_id=user_id, movie_id__in=films).order_by("pk")
    return {
        "films": films,
        "ratings": [
            [
                one.pk,
                one.movie_id,
                one.half_stars,
                one.rated_at.isoformat(),
                one.updated_at.isoformat(),
            ]
            for one in rated.select_for_update()
        ],
        "hidden": [[mark.pk, mark.movie_id, mark.hidden_at.isoformat()] for mark in hidden],
    }


def restore(user_id: int, before: Mapping[str, Any]) -> None:
    """Go back: the same rows with the same times; films that are gone since are left out."""
    with transaction.atomic():
        take_turn(user_id)
        known = set(Movie.objects.filter(pk__in=before["films"]).values_list("pk", flat=True))
        ratings.restore(
            user_id,
            known,
            [
                Rating(
                    pk=key,
                    user_id=user_id,
                    movie_id=movie,
                    half_stars=half_stars,
                    rated_at=datetime.fromisoformat(rated_at),
                    updated_at=datetime.fromisoformat(updated_at),
                )
                for key, movie, half_stars, rated_at, updated_at in before["ratings"]
                if movie in known
            ],
        )
        HiddenMovie.objects.filter(user_id=user_id, movie_id__in=known).delete()
        for key, movie, hidden_at in before["hidden"]:
            if movie in known:
                HiddenMovie.objects.create(pk=key, user_id=user_id, movie_id=movie)
                HiddenMovie.objects.filter(pk=key).update(
                    hidden_at=datetime.fromisoformat(hidden_at)
                )


def rate_one(user_id: int, movie: Movie, half_stars: int | None) -> RatingsBefore:
    """Rate one film, or with None take the rating away. Returns what was before."""
    with transaction.atomic():
        before = ratings_before(user_id, [movie.pk])
        if half_stars is None:
            ratings.unrate(user_id=user_id, movie=movie)
        else:
            ratings.rate(user_id=user_id, movie=movie, half_stars=half_stars)
    return before


def rate_again(user_id: int, movie_ids: Iterable[int], half_stars: int) -> RatingsBefore:
    """Give films that the user has rated these stars instead. Returns what was before."""
    with transaction.atomic():
        before = _rated(user_id, movie_ids)
        again = [
            RatedFilm(movie, half_stars, datetime.fromisoformat(rated_at))
            for _key, movie, _before, rated_at, _updated_at in before["ratings"]
        ]
        ratings.rate_many(user_id, changed=again)
    return before


def unrate_all(user_id: int, movie_ids: Iterable[int]) -> RatingsBefore:
    """Remove the user's ratings of films. Returns what was before."""
    with transaction.atomic():
        before = _rated(user_id, movie_ids)
        ratings.unrate_many(user_id, before["films"])
    return before


def _rated(user_id: int, movie_ids: Iterable[int]) -> RatingsBefore:
    """What was before, of those of the films that the user has rated."""
    before = ratings_before(user_id, movie_ids)
    return {**before, "films": [row[1] for row in before["ratings"]]}

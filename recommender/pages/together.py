"""A film for a group: the one that its least happy member would like most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.contrib.auth.models import AbstractBaseUser

from catalog.models import Movie
from catalog.queries.members import friends_to_watch_with
from recommender.data.histories import histories_of
from recommender.serving.filters import Filters
from recommender.serving.live import snapshot
from recommender.serving.recommender import Recommender, best_rows

MOST_MEMBERS = 8
SAME_STARS = 0.1  # least misery is compared in steps of this, so that the average decides ties


@dataclass(frozen=True)
class GroupCard:
    """``stars`` are each member's, in the order of the group, and whether they are a guess."""

    movie: Movie
    least: float
    average: float
    stars: list[tuple[AbstractBaseUser, float, bool]]


def willing_friends(user_id: int) -> list[AbstractBaseUser]:
    """The user's friends who let friends include them, in order of their names."""
    return list(friends_to_watch_with(user_id))


def for_group(members: Sequence[AbstractBaseUser], filters: Filters, n: int) -> list[GroupCard]:
    """Films that are closed to none of the members, by least misery, then by the average.

    Nobody's list without a factorization: then there are no predicted stars to compare.
    """
    live = snapshot()
    histories = histories_of([member.pk for member in members])
    group = [Recommender(histories[member.pk], filters, live) for member in members]
    if not group or live.factorization is None:
        return []
    stars = np.stack([person.stars for person in group if person.stars is not None])
    allowed = np.logical_and.reduce([person.allowed for person in group])
    least, average = stars.min(axis=0), stars.mean(axis=0)
    merit = np.where(allowed, np.floor(least / SAME_STARS) * SAME_STARS + average / 100, -np.inf)
    rows, _ = best_rows(merit.astype(np.float32), n)
    movie_ids = [int(pk) for pk in live.catalog.movie_ids[rows]]
    movies = Movie.objects.for_cards().in_bulk(movie_ids)
    guesses = zip(*(person.is_uncertain(rows) for person in group), strict=True)
    return [
        GroupCard(
            movie=movies[pk],
            least=round(float(least[row]), 2),
            average=round(float(average[row]), 2),
            stars=[
                (member, round(float(value), 2), uncertain)
                for member, value, uncertain in zip(members, stars[:, row], guessed, strict=True)
            ],
        )
        for pk, row, guessed in zip(movie_ids, rows, guesses, strict=True)
        if pk in movies
    ]

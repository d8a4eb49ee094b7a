"""Recommendations for a group, by least misery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.contrib.auth.models import AbstractBaseUser

from catalog.models import Movie
from catalog.queries.films_by_key import card_movies
from catalog.queries.members import friends_to_watch_with, who_show_ratings
from recommender.data.histories import histories_of
from recommender.serving.filters import Filters
from recommender.serving.live import live_state
from recommender.serving.ranking import best_rows
from recommender.serving.recommender import Recommender

MOST_MEMBERS = 8
CANDIDATES = 400  # films foreseen best for the least happy, which are told apart
SAME_STARS = 0.1  # least misery is compared in steps of this, so that the average decides ties

_NONE = np.zeros(0, np.int64)


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
    """Films by least misery, then by the average: what the first of the members looks for.

    Left out are films closed to the first, and those that others let friends see they rated. What
    they have seen or hidden otherwise is theirs: that a film is missing would tell it.

    Both are less what the predictions may be wrong by: a film foreseen at 4.3 for sure comes before
    one foreseen at 4.5 by a guess.

    Nobody's list without a factorization: then there are no predicted stars to compare.
    """
    live = live_state()
    histories = histories_of([member.pk for member in members])
    group = [Recommender(histories[member.pk], filters, live) for member in members]
    if not group or live.factorization is None:
        return []
    stars = np.stack([one.scores.stars for one in group if one.scores.stars is not None])
    told = [histories[pk].movie_ids for pk in who_show_ratings(m.pk for m in members[1:])]
    allowed = group[0].allowed & ~live.catalog.mask_of(np.concatenate([*told, _NONE]))
    least, average = stars.min(axis=0), stars.mean(axis=0)
    pool, _ = best_rows(np.where(allowed, least, np.float32(-np.inf)), CANDIDATES)
    sure = stars[:, pool] - np.stack([one.scores.uncertainty(pool) for one in group])
    merit = np.floor(sure.min(axis=0) / SAME_STARS) * SAME_STARS + sure.mean(axis=0) / 100
    rows = pool[np.argsort(-merit, kind="stable")[:n]]
    movie_ids = [int(pk) for pk in live.catalog.movie_ids[rows]]
    movies = card_movies(movie_ids)
    guesses = zip(*(one.scores.is_uncertain(rows) for one in group), strict=True)
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

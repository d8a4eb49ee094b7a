"""Recommendations for a group, by least misery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.contrib.auth.models import AbstractBaseUser
from numpy.typing import NDArray

from catalog.models import Movie, Sharing
from catalog.queries.films_by_key import NamedMovie, card_movies, named_movies
from catalog.queries.members import friends_to_watch_with, who_show_ratings
from recommender.data.histories import histories_of
from recommender.learning.arrays import BoolArray, FloatArray, IntArray
from recommender.serving.explanations import Reason, reasons
from recommender.serving.filters import Filters
from recommender.serving.live import live_state
from recommender.serving.model_scores import FEW_RATINGS
from recommender.serving.ranking import Ranking, Source, best_rows
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
    # For each member the film of the own history that speaks most for this one, where one does.
    because: list[NamedMovie | None]

    @property
    def members(self) -> list[tuple[AbstractBaseUser, float, bool, NamedMovie | None]]:
        """What stands below the film: each member, stars, whether a guess, and the reason."""
        return [
            (*of_member, reason) for of_member, reason in zip(self.stars, self.because, strict=True)
        ]


def willing_friends(user_id: int) -> list[AbstractBaseUser]:
    """The user's friends who let friends include them, in order of their names."""
    return list(friends_to_watch_with(user_id).select_related("sharing"))


def for_group(
    members: Sequence[AbstractBaseUser],
    filters: Filters,
    n: int,
    offered: BoolArray | None = None,
) -> list[GroupCard]:
    """Films by least misery, then by the average: what the first of the members looks for.

    Left out are films closed to the first, and those seen, with stars or without, by others who
    show friends their ratings. What they have hidden, and what those have seen who show nothing, is
    theirs: that a film is missing would tell it.

    Both are less what the predictions may be wrong by: a film foreseen at 4.3 for sure comes before
    one foreseen at 4.5 by a guess, and whatever is a guess for one of them comes last.

    ``offered``, bool (num_movies,), keeps to those films: where they can be watched.

    Nobody's list without a factorization: then there are no predicted stars to compare.
    """
    live = live_state()
    histories = histories_of([member.pk for member in members])
    group = [Recommender(histories[member.pk], filters, live) for member in members]
    if not group or live.factorization is None:
        return []
    stars = np.stack([one.scores.stars for one in group if one.scores.stars is not None])
    told = [histories[pk].watched_ids for pk in who_show_ratings(m.pk for m in members[1:])]
    allowed = group[0].allowed & ~live.catalog.mask_of(np.concatenate([*told, _NONE]))
    least, average = stars.min(axis=0), stars.mean(axis=0)
    if offered is not None and len(offered) == len(allowed):
        allowed &= offered
    pool = _candidates(np.where(allowed, least, np.float32(-np.inf)), live.catalog.rating_count)
    sure = stars[:, pool] - np.stack([one.scores.uncertainty(pool) for one in group])
    merit = np.floor(sure.min(axis=0) / SAME_STARS) * SAME_STARS + sure.mean(axis=0) / 100
    guessed = np.any([one.scores.is_uncertain(pool) for one in group], axis=0)
    rows = pool[np.lexsort((-merit, guessed))[:n]]
    movie_ids = [int(pk) for pk in live.catalog.movie_ids[rows]]
    movies = card_movies(movie_ids)
    guesses = zip(*(one.scores.is_uncertain(rows) for one in group), strict=True)
    named = _because(group, rows, _open(members))
    return [
        GroupCard(
            movie=movies[pk],
            least=round(float(least[row]), 2),
            average=round(float(average[row]), 2),
            stars=[
                (member, round(float(value), 2), uncertain)
                for member, value, uncertain in zip(members, stars[:, row], guessed, strict=True)
            ],
            because=because,
        )
        for pk, row, guessed, because in zip(movie_ids, rows, guesses, named, strict=True)
        if pk in movies
    ]


def _candidates(least: FloatArray, rating_count: NDArray[np.int32]) -> IntArray:
    """Rows of the best films, among them enough that are known well, so that not all are guesses.

    In a large catalog the best are films that hardly anybody has rated.
    """
    known = np.where(rating_count >= FEW_RATINGS, least, np.float32(-np.inf))
    rows = [best_rows(scores, CANDIDATES)[0] for scores in (known, least)]
    return np.unique(np.concatenate(rows))


def _open(members: Sequence[AbstractBaseUser]) -> list[bool]:
    """Whose films may be named: those of the first, who asks, and of friends who show ratings."""
    return [place == 0 or Sharing.of(member).shares_ratings for place, member in enumerate(members)]


def _because(
    group: Sequence[Recommender], rows: IntArray, is_open: Sequence[bool]
) -> list[list[NamedMovie | None]]:
    """By film and member: what in the member's history added most to the predicted stars."""
    ranking = Ranking(
        rows=rows,
        scores=np.zeros(len(rows), np.float32),
        source=Source.FACTORIZATION,
        version=Source.FACTORIZATION,
    )
    nothing: list[list[Reason]] = [[] for _row in rows]
    by_member = [
        reasons(one.scores, ranking) if shown else nothing
        for one, shown in zip(group, is_open, strict=True)
    ]
    keys = {some[0].movie_id for member in by_member for some in member if some}
    films = named_movies(keys)
    return [
        [films.get(some[0].movie_id) if some else None for some in film]
        for film in zip(*by_member, strict=True)
    ]

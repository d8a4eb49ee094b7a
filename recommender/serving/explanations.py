"""Why this film: the films of the person's own history that moved its score most.

The weights come from the model that made the score. For the factorization they are exact, since a
score is linear in the ratings; for the sequence model each is what the score loses when the film
is left out of the history. Top picks are ranked by both, so theirs are the sum, in stars. A film
that no model ranked has no reasons.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.data.catalog_arrays import IntArray
from recommender.serving.live import Placed
from recommender.serving.recommender import Ranking, Recommender

REASONS = 3
SMALL_SHARE = 0.1  # of the largest weight: what moved a score less than that is left out


@dataclass(frozen=True)
class Reason:
    """``weight`` is what the film of the history added to the score, in the score's unit."""

    movie_id: int
    weight: float


def reasons(person: Recommender, ranking: Ranking) -> list[list[Reason]]:
    """The reasons of each film of a ranking, the weightiest first; empty lists for popularity."""
    if ranking.source == "both":
        stars, next_ = _star_weights(person, ranking.rows), _next_weights(person, ranking.rows)
        return _each(person, stars + person.stars_per_next_score * next_)
    if ranking.source == "factorization":
        return _each(person, _star_weights(person, ranking.rows))
    if ranking.source == "sequence":
        return _each(person, _next_weights(person, ranking.rows))
    return [[] for _ in ranking.rows]


def _star_weights(person: Recommender, rows: IntArray) -> NDArray[np.float32]:
    """What each rating did to the predicted stars of the film at each row (n, len(history))."""
    if (placed := person.live.factorization) is None:
        return _nothing(person, rows)
    scorer, folded = placed.version.scorer, person.folded

    def of_ratings(rated: IntArray, ids: list[int]) -> NDArray[np.float32]:
        weights: NDArray[np.float32] = scorer.explain_each(folded, ids)[:, : len(rated)]
        return weights

    return _placed_weights(person, placed, rows, of_ratings)


def _next_weights(person: Recommender, rows: IntArray) -> NDArray[np.float32]:
    """What each film rated did to the sequence model's score of the film at each row."""
    if (placed := person.live.sequence) is None:
        return _nothing(person, rows)
    scorer, watched = placed.version.scorer, person.watched(placed)

    def of_ratings(rated: IntArray, ids: list[int]) -> NDArray[np.float32]:
        weights: NDArray[np.float32] = scorer.explain_each(watched, ids)
        return weights[:, np.isin(watched, rated)]

    return _placed_weights(person, placed, rows, of_ratings)


def _placed_weights(
    person: Recommender,
    placed: Placed,
    rows: IntArray,
    of_ratings: Callable[[IntArray, list[int]], NDArray[np.float32]],
) -> NDArray[np.float32]:
    """Weights of the ratings of a history, put where they stand in the whole history.

    Zeros for films of the history, and for films at ``rows``, that the version has not seen.
    """
    known, rated = person.known(placed)
    ranked = placed.item_of_row[rows]
    seen = np.flatnonzero(ranked)
    weights = _nothing(person, rows)
    weights[np.ix_(seen, known)] = of_ratings(rated, ranked[seen].tolist())
    return weights


def _nothing(person: Recommender, rows: IntArray) -> NDArray[np.float32]:
    return np.zeros((len(rows), len(person.history)), np.float32)


def _each(person: Recommender, weights: NDArray[np.float32]) -> list[list[Reason]]:
    return [_weightiest(person.history.movie_ids, one) for one in weights]


def _weightiest(movie_ids: IntArray, weights: NDArray[np.float32]) -> list[Reason]:
    if not len(weights) or (largest := float(weights.max())) <= 0:
        return []
    order = np.argsort(-weights, kind="stable")[:REASONS]
    return [
        Reason(int(movie_ids[place]), round(float(weights[place]), 4))
        for place in order
        if weights[place] > SMALL_SHARE * largest
    ]

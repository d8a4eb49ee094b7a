"""Explanations: the films of a user's own history that raised a film's score most.

The weights come from the model that made the score. For the factorization they are exact, since a
score is linear in the ratings; for the sequence model each is what the score loses when the film
is left out of the history. Top picks are ranked by both, so theirs are the sum, in stars. A film
that no model ranked has no reasons.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from catalog.models.movie import FEWEST_PEOPLE
from recommender.data.stage_times import timed
from recommender.learning.arrays import BoolArray, IntArray, at_places
from recommender.serving.model_scores import ModelScores
from recommender.serving.ranking import Ranking, Source

REASONS = 3
FEWEST_RATINGS = FEWEST_PEOPLE  # of a film that is named as a reason
GIVING_WAY = 0.9  # what the weight of a reason counts for each time that it was named before
SMALL_SHARE = 0.1  # of the largest weight: what moved a score less than that is left out


@dataclass(frozen=True)
class Reason:
    """``weight`` is what the film of the history added to the score, in the score's unit."""

    movie_id: int
    weight: float


@timed("reasons")
def reasons(scores: ModelScores, ranking: Ranking) -> list[list[Reason]]:
    """The reasons of each film of a ranking, the weightiest first; empty lists for popularity."""
    if ranking.source is Source.BOTH:
        stars, next_ = _star_weights(scores, ranking.rows), _next_weights(scores, ranking.rows)
        return _each(scores, stars + np.float32(ranking.next_weight) * next_)
    if ranking.source is Source.FACTORIZATION:
        return _each(scores, _star_weights(scores, ranking.rows))
    if ranking.source is Source.SEQUENCE:
        return _each(scores, _next_weights(scores, ranking.rows))
    return [[] for _ in ranking.rows]


def _star_weights(scores: ModelScores, rows: IntArray) -> NDArray[np.float32]:
    """What each rating did to the predicted stars of the film at each row (n, len(history))."""
    placed, folded = scores.live.factorization, scores.folded
    if placed is None or folded is None:
        return _nothing(scores, rows)
    weights = _nothing(scores, rows)
    known, rated = scores.known(placed)
    for scorer, item_of_row in scores.star_scorers:
        items = item_of_row[rows]
        seen = np.flatnonzero(items)
        explained = scorer.explain_each(folded, items[seen])[:, : len(rated)]
        weights[np.ix_(seen, known)] = explained
    return weights


def _next_weights(scores: ModelScores, rows: IntArray) -> NDArray[np.float32]:
    """What each film rated did to the sequence model's score of the film at each row."""
    if (placed := scores.live.sequence) is None:
        return _nothing(scores, rows)
    watched = scores.watched(placed)
    known, rated = scores.known(placed)
    items = placed.item_of_row[rows]
    seen = np.flatnonzero(items)
    explained = placed.version.scorer.explain_each(watched, items[seen].tolist())
    weights = _nothing(scores, rows)
    weights[np.ix_(seen, known)] = explained[:, np.isin(watched, rated)]
    return weights


def _nothing(scores: ModelScores, rows: IntArray) -> NDArray[np.float32]:
    return np.zeros((len(rows), len(scores.history)), np.float32)


def _each(scores: ModelScores, weights: NDArray[np.float32]) -> list[list[Reason]]:
    weights = np.where(_worth_naming(scores), weights, 0.0)
    named = np.zeros(len(scores.history), np.int64)  # how often each film is a reason already
    return [_weightiest(scores.history.movie_ids, one, named) for one in weights]


def _worth_naming(scores: ModelScores) -> BoolArray:
    """bool (len(history),): films that the member liked, and that some people have rated.

    What somebody disliked persuades nobody; what one person has rated, a model met by chance.
    """
    rows, history = scores.rated_rows, scores.history
    counts = at_places(scores.live.catalog.rating_count, rows, 0)
    liked = history.stars >= scores.mean_stars if history.rated else np.True_
    worth: BoolArray = (counts >= FEWEST_RATINGS) & liked
    return worth


def _weightiest(movie_ids: IntArray, weights: NDArray[np.float32], named: IntArray) -> list[Reason]:
    """The weightiest reasons of one film; those ``named`` for others give way to near equals."""
    if not len(weights) or (largest := float(weights.max())) <= 0:
        return []
    order = np.argsort(-weights * GIVING_WAY**named, kind="stable")[:REASONS]
    places = [place for place in order if weights[place] > SMALL_SHARE * largest]
    places.sort(key=lambda place: -weights[place])
    named[places] += 1
    return [Reason(int(movie_ids[place]), round(float(weights[place]), 4)) for place in places]

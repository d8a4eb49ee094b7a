"""Why this film: the films of the person's own history that moved its score most.

The weights come from the model that made the score: for the factorization they are exact, since
a score is linear in the ratings; for the sequence model they are what its scorer says that each
film of the history changed. A film that no model ranked has no reasons.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.catalog_arrays import IntArray
from recommender.live import Placed
from recommender.serving import Ranking, Recommender

REASONS = 3
SMALL_SHARE = 0.1  # of the largest weight: what moved a score less than that is left out


@dataclass(frozen=True)
class Reason:
    """``weight`` is what the film of the history added to the score, in the score's unit."""

    movie_id: int
    weight: float


def reasons(person: Recommender, ranking: Ranking) -> list[list[Reason]]:
    """The reasons of each film of a ranking, the weightiest first; empty lists for popularity."""
    if ranking.source in ("both", "factorization"):
        return [factorization_reasons(person, int(row)) for row in ranking.rows]
    if ranking.source == "sequence":
        return sequence_reasons(person, ranking.rows)
    return [[] for _ in ranking.rows]


def factorization_reasons(person: Recommender, row: int) -> list[Reason]:
    """What the ratings did to the predicted stars of the film at ``row``."""
    if (placed := person.live.factorization) is None or not (item := _item(placed, row)):
        return []
    known, _ = person.known(placed)
    return _weightiest(
        person.history.movie_ids[known], placed.version.scorer.explain(person.folded, item)
    )


def sequence_reasons(person: Recommender, rows: IntArray) -> list[list[Reason]]:
    """What the films watched did to the sequence model's score of the film at each row."""
    if (placed := person.live.sequence) is None:
        return [[] for _ in rows]
    known, items = person.known(placed)
    ranked = placed.item_of_row[rows]
    seen = np.flatnonzero(ranked)
    weights = placed.version.scorer.explain_each(items, ranked[seen].tolist())
    movie_ids = person.history.movie_ids[known]
    found: list[list[Reason]] = [[] for _ in rows]
    for place, one in zip(seen, weights, strict=True):
        found[place] = _weightiest(movie_ids, one)
    return found


def _item(placed: Placed, row: int) -> int:
    return int(placed.item_of_row[row])


def _weightiest(movie_ids: IntArray, weights: NDArray[np.float32]) -> list[Reason]:
    if not len(weights) or (largest := float(weights.max())) <= 0:
        return []
    order = np.argsort(-weights, kind="stable")[:REASONS]
    return [
        Reason(int(movie_ids[place]), round(float(weights[place]), 4))
        for place in order
        if weights[place] > SMALL_SHARE * largest
    ]

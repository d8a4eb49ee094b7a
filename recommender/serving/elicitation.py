"""Preference elicitation: which films to ask a member to rate, those that would tell the most."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recommender.learning.arrays import BoolArray, IntArray
from recommender.serving.diversity import rerank_by_mmr
from recommender.serving.ranking import Ranking, Source, best_rows
from recommender.serving.recommender import Recommender

CANDIDATES = 400  # best known films among which to look
NOISE_STARS = 0.85  # deviation of a rating from the best prediction: what an answer says anyway
# So that the films asked about do not all ask the same: with this, twelve answers of a newcomer
# tell most together, see docs/performance.md.
VARIETY = 0.5


def most_informative(recommender: Recommender, n: int, skip: BoolArray | None = None) -> Ranking:
    """Films by the information expected from a rating of each.

    The information in a rating of a film is ``log(1 + uncertainty² / noise²) / 2`` nats about the
    member's vector (the entropy that the ridge posterior loses by it); it is had only when the
    member knows the film, which is taken to be as likely as it is often rated. Without a
    factorization the best known films are asked for.
    """
    allowed = recommender.allowed if skip is None else recommender.allowed & ~skip
    popularity = recommender.live.catalog.log_popularity
    pool, known = best_rows(np.where(allowed, popularity, np.float32(-np.inf)), CANDIDATES)
    if recommender.live.factorization is None or not len(pool):
        return recommender.popular(n, skip)
    deviation = recommender.scores.uncertainty(pool)
    deviation[~np.isfinite(deviation)] = 0
    # The number of ratings, not its logarithm, is what the chance of knowing a film grows with.
    chance = np.sqrt(np.expm1(known) / max(1.0, float(np.expm1(known.max()))))
    gain = chance * np.log1p((deviation / NOISE_STARS) ** 2) / 2
    order = np.argsort(-gain, kind="stable")
    if (gain > 0).sum() >= n:  # what nobody has rated a newcomer does not know either
        order = order[gain[order] > 0]
    order = order[_one_of_a_series(pool[order], recommender.live.catalog.collection)]
    best = order[: 6 * n]
    chosen = best[rerank_by_mmr(gain[best], recommender.scores.vectors(pool[best]), n, VARIETY)]
    chosen = _with_all_decades(chosen, order, recommender.live.catalog.year[pool] // 10)
    return Ranking(
        rows=pool[chosen],
        scores=gain[chosen].astype(np.float32),
        source=Source.POPULARITY,
        version=recommender.live.factorization.version.label,
    )


def _one_of_a_series(rows: IntArray, collection: IntArray) -> BoolArray:
    """Which of the rows (n,), best first, are the first of their collection."""
    groups = collection[rows]
    first = np.zeros(len(rows), np.bool_)
    first[np.unique(groups, return_index=True)[1]] = True
    return first | (groups == 0)


def _with_all_decades(chosen: IntArray, order: IntArray, decades: NDArray[np.int16]) -> IntArray:
    """The ``chosen`` candidates, the last of which give way to the best of decades not there.

    ``order`` (m,) has all candidates, best first, and ``decades`` theirs, 0 where not known. The
    only one of its decade stays.
    """
    asked = chosen.copy()
    known = order[decades[order] > 0]
    _, first = np.unique(decades[known], return_index=True)
    for candidate in known[np.sort(first)]:
        if decades[candidate] in decades[asked]:
            continue
        counts = (decades[asked][:, None] == decades[asked]).sum(axis=1)
        spare = np.flatnonzero((counts > 1) | (decades[asked] == 0))
        if not len(spare):
            break
        asked[spare[-1]] = candidate
    return asked

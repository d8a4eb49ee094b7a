"""Which films to ask a member to rate: those whose answer would tell the most."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recommender.serving.diversity import diversified
from recommender.serving.recommender import POPULARITY, Ranking, Recommender, best_rows

CANDIDATES = 400  # best known films among which to look
NOISE_STARS = 0.85  # deviation of a rating from the best prediction: what an answer says anyway
# So that the films asked about do not all ask the same: with this, twelve answers of a newcomer
# tell most together, see docs/performance.md.
VARIETY = 0.5


def informative(person: Recommender, n: int, skip: NDArray[np.bool_] | None = None) -> Ranking:
    """Films by the information expected from asking for them.

    The information in a rating of a film is ``log(1 + uncertainty² / noise²) / 2`` nats about the
    member's vector (the entropy that the ridge posterior loses by it); it is had only when the
    member knows the film, which is taken to be as likely as it is often rated. Without a
    factorization the best known films are asked for.
    """
    allowed = person.allowed if skip is None else person.allowed & ~skip
    popularity = person.live.catalog.log_popularity
    pool, known = best_rows(np.where(allowed, popularity, np.float32(-np.inf)), CANDIDATES)
    if person.live.factorization is None or not len(pool):
        return person.popular(n, skip)
    deviation = person.uncertainty(pool)
    deviation[~np.isfinite(deviation)] = 0
    # The number of ratings, not its logarithm, is what the chance of knowing a film grows with.
    chance = np.sqrt(np.expm1(known) / max(1.0, float(np.expm1(known.max()))))
    gain = chance * np.log1p((deviation / NOISE_STARS) ** 2) / 2
    order = np.argsort(-gain, kind="stable")[: 6 * n]
    chosen = order[diversified(gain[order], person.vectors(pool[order]), n, VARIETY)]
    return Ranking(
        rows=pool[chosen],
        scores=gain[chosen].astype(np.float32),
        source=POPULARITY,
        version=person.live.factorization.version.label,
    )

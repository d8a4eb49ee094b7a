"""The prediction on a film's page: the stars that a member would give, and why."""

from __future__ import annotations

import numpy as np

from recommender.pages.cards import Card, cards
from recommender.serving.member import recommender_for
from recommender.serving.ranking import Ranking, Source


def prediction_card(user_id: int, movie_id: int) -> Card | None:
    """A film's card; None for a member without ratings, or for a film that is not in the arrays."""
    recommender = recommender_for(user_id)
    stars = recommender.scores.stars
    rows = recommender.live.catalog.rows_of(np.array([movie_id]))
    if not len(recommender.history) or rows[0] < 0 or stars is None:
        return None
    ranking = Ranking(rows=rows, scores=stars[rows], source=Source.FACTORIZATION, version="")
    return next(iter(cards(recommender, ranking)), None)

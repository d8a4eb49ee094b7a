"""Films that a member would like most and that have come to the member's services."""

from __future__ import annotations

import numpy as np

from catalog.models import NoticeKind, StreamingChoice
from catalog.services.notices import tell_of_offers
from recommender.data.histories import history_of
from recommender.serving.member import filters_of
from recommender.serving.recommender import Recommender

STARS = 4.5
FEWEST_RATINGS = 5  # with fewer, stars are a first guess
MOST = 300


def tell_of_foreseen() -> int:
    """Look at all members who named services. Returns how many notices were made."""
    keys = StreamingChoice.objects.filter(user__is_active=True).values_list("user_id", flat=True)
    return sum(_tell(user_id) for user_id in keys.iterator())


def _tell(user_id: int) -> int:
    filters = filters_of(user_id)
    recommender = Recommender(history_of(user_id), filters)
    stars = recommender.scores.stars
    if stars is None or len(recommender.history) < FEWEST_RATINGS:
        return 0
    catalog = recommender.live.catalog
    offered = catalog.offers.mask(len(catalog), filters.country, filters.services)
    rows = np.flatnonzero(recommender.allowed & offered & (np.round(stars, 1) >= STARS))
    rows = rows[np.argsort(-stars[rows], kind="stable")][:MOST]
    return tell_of_offers(user_id, NoticeKind.FORESEEN, catalog.movie_ids[rows].tolist())

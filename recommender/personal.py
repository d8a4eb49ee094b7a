"""A member's recommendations: history, hidden films and choices in two queries."""

from __future__ import annotations

from recommender.filters import Filters
from recommender.histories import history_of
from recommender.models import Preferences
from recommender.serving import Recommender


def filters_of(user_id: int) -> Filters:
    """What the member chose, or the defaults."""
    chosen = Preferences.objects.filter(user_id=user_id).first()
    return chosen.filters() if chosen else Filters()


def recommender_for(user_id: int) -> Recommender:
    """Everything the member has rated up to now, seen through the member's own filters."""
    return Recommender(history_of(user_id), filters_of(user_id))

"""A member's recommendations: history, hidden films and choices in two queries."""

from __future__ import annotations

from django.db import connection

from recommender.data.histories import history_of
from recommender.models import Preferences
from recommender.serving.filters import FILTER_NAMES, Filters
from recommender.serving.live import LiveState, live_state
from recommender.serving.recommender import Recommender

# As SQL for the reason that histories are.
_CHOICES = f"""
    SELECT {", ".join(FILTER_NAMES)} FROM {Preferences._meta.db_table} WHERE user_id = %s
"""  # noqa: S608


def filters_of(user_id: int) -> Filters:
    """What the member chose, or the defaults."""
    with connection.cursor() as cursor:
        cursor.execute(_CHOICES, [user_id])
        chosen = cursor.fetchone()
    return Filters.of(dict(zip(FILTER_NAMES, chosen, strict=True))) if chosen else Filters()


def recommender_for(user_id: int, live: LiveState | None = None) -> Recommender:
    """Everything the member has rated up to now, seen through the member's own filters."""
    return Recommender(history_of(user_id), filters_of(user_id), live or live_state())

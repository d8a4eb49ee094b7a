"""A member's recommendations: history, hidden films and choices in two queries."""

from __future__ import annotations

from dataclasses import replace

from django.db import connection

from catalog.models import StreamingChoice
from recommender.data.histories import history_of
from recommender.models import Preferences
from recommender.serving.filters import FILTER_NAMES, Filters
from recommender.serving.live import LiveState, live_state
from recommender.serving.recommender import Recommender

# As SQL for the reason that histories are.
_CHOICES = f"""
    SELECT {", ".join(f"chosen.{name}" for name in FILTER_NAMES)}, chosen.user_id IS NOT NULL,
           services.only_mine, services.providers, services.country
    FROM (SELECT %s::bigint AS id) AS member
    LEFT JOIN {Preferences._meta.db_table} AS chosen ON chosen.user_id = member.id
    LEFT JOIN {StreamingChoice._meta.db_table} AS services ON services.user_id = member.id
"""  # noqa: S608


def filters_of(user_id: int) -> Filters:
    """What the member chose, or the defaults."""
    with connection.cursor() as cursor:
        cursor.execute(_CHOICES, [user_id])
        *values, has_chosen, only_mine, services, country = cursor.fetchone()
    filters = Filters.of(dict(zip(FILTER_NAMES, values, strict=True))) if has_chosen else Filters()
    if not services:
        return filters
    return replace(filters, only_mine=only_mine, services=tuple(services), country=country)


def recommender_for(user_id: int, live: LiveState | None = None) -> Recommender:
    """Everything the member has rated up to now, seen through the member's own filters."""
    return Recommender(history_of(user_id), filters_of(user_id), live or live_state())

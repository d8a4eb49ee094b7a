"""A member's recommendations: history, hidden films and choices in two queries."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django.db import connection

from recommender.filters import Filters
from recommender.histories import history_of
from recommender.models import Preferences
from recommender.serving import Recommender

_NAMES = [field.name for field in fields(Filters)]
# As SQL for the reason that histories are.
_CHOICES = f"SELECT {', '.join(_NAMES)} FROM {Preferences._meta.db_table} WHERE user_id = %s"  # noqa: S608


def filters_of(user_id: int) -> Filters:
    """What the member chose, or the defaults."""
    with connection.cursor() as cursor:
        cursor.execute(_CHOICES, [user_id])
        chosen = cursor.fetchone()
    if chosen is None:
        return Filters()
    named: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in zip(_NAMES, chosen, strict=True)
    }
    return Filters(**named)


def recommender_for(user_id: int) -> Recommender:
    """Everything the member has rated up to now, seen through the member's own filters."""
    return Recommender(history_of(user_id), filters_of(user_id))

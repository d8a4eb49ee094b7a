"""The syncs that the page of imports lists."""

from __future__ import annotations

from django.db.models import Count, Q
from django.db.models.query import QuerySet

from catalog.models import WatchSync
from catalog.models.media_server import SyncState

MOST_SHOWN = 10


def syncs_to_show(user_id: int) -> QuerySet[WatchSync]:
    """The last ones, each with its ``films``. Single films are in the log of deliveries."""
    counted = WatchSync.objects.annotate(films=Count("events__item", distinct=True))
    worth = Q(films__gt=1) | Q(fetched=True) | Q(state=SyncState.PREVIEW)
    return counted.filter(worth, user_id=user_id).order_by("-created_at", "-pk")[:MOST_SHOWN]

"""Films that servers name, an address of Ada's, and a way through all steps without a worker."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser
from django.db.models import F
from django.http import HttpResponse
from django.test import Client

from catalog.hooks import addresses, deliver, gather
from catalog.hooks.worker import work
from catalog.models import DiaryEntry, Rating, SeenMovie, WatchEvent, WatchSync
from tests.catalog.member_import.conftest import alien, film, heat, matrix

__all__ = ["alien", "film", "heat", "matrix"]

Post = Callable[..., HttpResponse]


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """The messages to the workers, which stay here instead of in the broker."""
    messages: list[tuple[Any, ...]] = []

    def keep(*message: Any, **options: Any) -> bool:
        messages.append(message)
        return True

    monkeypatch.setattr(deliver, "send", keep)
    return messages


@pytest.fixture
def token(ada: AbstractUser) -> str:
    return addresses.replace(ada.pk)[1]


@pytest.fixture
def post(token: str) -> Post:
    """Post a payload as JSON to Ada's address; a server has no cookies."""

    def send(payload: object, to: str = "") -> HttpResponse:
        body = payload if isinstance(payload, str | bytes) else json.dumps(payload)
        return Client(enforce_csrf_checks=True).post(  # type: ignore[return-value]
            f"/hooks/{to or token}", body, content_type="application/json"
        )

    return send


def settle(user: AbstractUser) -> WatchSync | None:
    """What came is some minutes old, and the workers have done all they were told to."""
    WatchEvent.objects.filter(user=user).update(received_at=F("received_at") - timedelta(minutes=9))
    gather.gather(user.pk)
    sync = WatchSync.objects.filter(user=user).first()
    if sync is not None:
        work(sync.pk)
        sync.refresh_from_db()
    return sync


def known_of(user: AbstractUser) -> dict[str, Any]:
    """Everything that a play or rating can write, by film."""
    mine = {"user": user}
    return {
        "seen": sorted(SeenMovie.objects.filter(**mine).values_list("movie__title", "watched_on")),
        "diary": sorted(
            DiaryEntry.objects.filter(**mine).values_list("movie__title", "watched_on", "rewatch")
        ),
        "ratings": sorted(Rating.objects.filter(**mine).values_list("movie__title", "half_stars")),
    }

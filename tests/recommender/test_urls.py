"""A process that began before the first films were imported, and has not read them yet."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from recommender.serving.live_catalog import live_catalog
from tests.recommender.world import build_world

# Where what a member has done meets the films that this process knows: none.
PLACES = (
    *("/", "/movies/", "/watch-next/", "/taste/", "/ratings/", "/together/", "/welcome/", "/seen/"),
    *("/api/v1/me/recommendations", "/api/v1/me/watch-next"),
)


@pytest.mark.parametrize("kinds", [("factorization",), ("sequence",), ()], ids=str)
def test_its_pages_are_served(
    kinds: tuple[str, ...],
    db: None,
    artifacts: Path,
    plain_static: None,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert len(live_catalog.current()) == 0
    monkeypatch.setattr("recommender.serving.live_catalog.CHECK_SECONDS", float("inf"))
    world = build_world()
    world.publish(*kinds)
    client.force_login(world.fan_of_even())
    films = (f"/movies/{world.even[0]}/", f"/api/v1/movies/{world.even[0]}/similar")
    answers = {place: client.get(place, follow=True).status_code for place in (*PLACES, *films)}
    assert len(live_catalog.current()) == 0
    assert set(answers.values()) == {200}, answers

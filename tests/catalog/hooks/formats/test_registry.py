"""Whatever a delivery holds, it is read or refused in words; what is read makes sense."""

from __future__ import annotations

import contextlib
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.hooks.formats import read
from catalog.hooks.formats.told import Delivery, PayloadError
from catalog.models.diary import FIRST_SHOW
from catalog.services.diary import latest_day
from tests.catalog.hooks import payloads

GOOD = [
    payloads.jellyfin_stop(),
    payloads.jellyfin_saved("TogglePlayed"),
    payloads.jellyfin_saved("UpdateUserRating", Rating=7),
    payloads.plex("media.scrobble"),
    payloads.plex("media.rate", rating=7),
    payloads.emby("playback.stop", PlaybackInfo={"PlayedToCompletion": True}),
    payloads.emby("item.rate", {"UserData": {"Rating": 7}}),
    payloads.kodi("Player.OnStop", end=True),
    payloads.kodi("VideoLibrary.OnUpdate", {"userrating": 7}, playcount=1),
    {"uniqueIds": {"tmdbId": 603}},
    {"title": "Heat", "year": 1995, "watched_on": "2026-11-27", "rating": 4.5},
]
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(10**400),
    st.floats(),
    st.text(max_size=30),
    st.sampled_from(["0001-01-01T00:00:00", "2999-01-01", "20261301", "tt1", "1e999", "\x00"]),
    st.lists(st.integers(), max_size=2),
    st.just({"id": {}}),
)


def places(payload: dict[str, Any], path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for name, value in payload.items():
        found.append((*path, name))
        if isinstance(value, dict):
            found += places(value, (*path, name))
    return found


def changed(payload: dict[str, Any], path: tuple[str, ...], value: object) -> dict[str, Any]:
    name, *rest = path
    return {**payload, name: changed(payload[name], tuple(rest), value) if rest else value}


def check(delivery: Delivery) -> None:
    for told in delivery.told:
        film = told.film
        assert film.title or film.imdb_id or film.tmdb_id
        assert len(film.title) <= 300
        assert "\x00" not in film.title
        assert told.half_stars is None or 1 <= told.half_stars <= 10
        assert told.watched_on is None or FIRST_SHOW <= told.watched_on <= latest_day()
        assert told.happened_at is None or told.happened_at.tzinfo is not None
    assert bool(delivery.told) != (delivery.ignored is not None)


def check_if_read(payload: dict[str, Any]) -> None:
    """Only ``PayloadError`` may say that it cannot be read."""
    with contextlib.suppress(PayloadError):
        check(read(payload))


@pytest.mark.parametrize("payload", GOOD)
def test_what_servers_send_is_read(payload: dict[str, Any]) -> None:
    delivery = read(payload)
    assert delivery.told
    check(delivery)


@given(payload=st.sampled_from(GOOD), data=st.data())
def test_odd_values_are_read_or_refused(payload: dict[str, Any], data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(places(payload)))
    check_if_read(changed(payload, path, data.draw(ODD)))


@given(payload=st.dictionaries(st.text(max_size=10), ODD, max_size=4))
def test_what_no_server_sends(payload: dict[str, Any]) -> None:
    check_if_read(payload)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-11-27T23:41:03.1234567+01:00", date(2026, 11, 27)),
        ("2026-11-27T22:41:03.1234567Z", date(2026, 11, 27)),
        ("2026-11-28T00:30:00+01:00", date(2026, 11, 28)),
        ("0001-01-01T00:00:00", None),
        ("2999-01-01T00:00:00Z", None),
        ("yesterday", None),
        (None, None),
    ],
)
def test_the_day_is_that_of_the_servers_own_evening(written: str, day: date | None) -> None:
    (told,) = read(payloads.jellyfin_stop(Timestamp=written, UtcTimestamp=None)).told
    assert told.watched_on == day


@pytest.mark.parametrize(
    ("rating", "half_stars"), [(0.4, 1), (1, 1), (7, 7), (8.2, 8), (8.5, 9), (10, 10), ("9,0", 9)]
)
def test_ten_points_are_five_stars(rating: object, half_stars: int) -> None:
    (told,) = read(payloads.plex("media.rate", rating=rating)).told
    assert told.half_stars == half_stars

"""Each play counts once: repeated, late and in any order."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.hooks.formats.told import Delivery, Film, Told
from catalog.hooks.receive import receive
from catalog.models import (
    DiaryEntry,
    HookAddress,
    HookDelivery,
    Movie,
    Rating,
    SeenMovie,
    WatchEvent,
    WatchSync,
)
from catalog.queries.seen import seen_by
from tests.catalog.hooks import payloads
from tests.catalog.hooks.conftest import Post, known_of, settle

pytestmark = pytest.mark.django_db
FILMS = {"The Matrix": "tt0133093", "Alien": "tt0078748", "Heat": "tt0113277"}


def delivery(film: str, day: int | None = None, half_stars: int | None = None) -> Delivery:
    """A play on a day of November or of unknown day, or a rating of that day."""
    told = Told(
        Film(title=film, imdb_id=FILMS[film], item=film),
        half_stars,
        watched_on=date(2026, 11, day) if day and half_stars is None else None,
        happened_at=datetime(2026, 11, day, tzinfo=UTC) if day else None,
    )
    return Delivery("jellyfin", "ada", "server", film, [told])


DELIVERIES = st.lists(
    st.builds(
        delivery,
        st.sampled_from(list(FILMS)),
        st.integers(1, 4) | st.none(),
        st.none(),
    )
    # One rating a day and film, with stars that follow from the day.
    | st.builds(
        lambda film, day: delivery(film, day, 1 + day),
        st.sampled_from(list(FILMS)),
        st.integers(1, 4),
    ),
    max_size=12,
)


def told_in(deliveries: list[Delivery], batches: int, user: AbstractUser) -> dict[str, Any]:
    """What is known after these deliveries, looked at in so many batches."""
    for model in (WatchEvent, WatchSync, HookDelivery, DiaryEntry, SeenMovie, Rating):
        model.objects.filter(user=user).delete()
    address = HookAddress.objects.get(user=user)
    size = max(1, len(deliveries) // batches)
    for start in range(0, len(deliveries), size):
        for one in deliveries[start : start + size]:
            receive(address, one)
        settle(user)
    known = known_of(user)
    known["seen"] = sorted(Movie.objects.filter(seen_by(user.pk)).values_list("title", flat=True))
    return known


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(deliveries=DELIVERIES, data=st.data())
def test_repeated_late_or_reordered_changes_nothing(
    ada: AbstractUser,
    token: str,
    matrix: Movie,
    alien: Movie,
    heat: Movie,
    deliveries: list[Delivery],
    data: st.DataObject,
) -> None:
    expected = told_in(deliveries, 1, ada)
    again = deliveries + data.draw(
        st.lists(st.sampled_from(deliveries), max_size=6) if deliveries else st.just([])
    )
    shuffled = data.draw(st.permutations(again))
    assert told_in(shuffled, data.draw(st.integers(1, 4)), ada) == expected


def test_told_again_it_is_counted_and_does_nothing(
    ada: AbstractUser, matrix: Movie, post: Post, sent: list[tuple[Any, ...]]
) -> None:
    post(payloads.jellyfin_stop())
    settle(ada)
    before, messages = known_of(ada), len(sent)
    for _ in range(3):
        post(payloads.jellyfin_stop())
    # Jellyfin tells of the same play in another way, too.
    post(payloads.jellyfin_saved("PlaybackFinished"))
    settle(ada)
    assert known_of(ada) == before
    assert len(sent) == messages
    assert WatchEvent.objects.count() == 1
    lines = HookDelivery.objects.order_by("pk").values_list("repeated", "times")
    assert list(lines) == [(True, 5)]


def test_the_log_keeps_the_last_hundred(ada: AbstractUser, post: Post) -> None:
    for number in range(103):
        post({"title": f"Film {number}", "year": 2000})
    settle(ada)
    assert HookDelivery.objects.count() == 100
    assert HookDelivery.objects.order_by("pk").first().title == "Film 3"  # type: ignore[union-attr]
    assert WatchEvent.objects.count() == 103


def test_ratings_follow_their_times_not_their_order(
    ada: AbstractUser, matrix: Movie, post: Post
) -> None:
    for hour, rating in ((20, 6), (22, 8), (21, 2)):
        at = f"2026-11-27T{hour}:00:00Z"
        post(payloads.jellyfin_saved("UpdateUserRating", Rating=rating, UtcTimestamp=at))
        settle(ada)
    assert known_of(ada)["ratings"] == [("The Matrix", 8)]


def test_own_stars_stay_unless_the_servers_are_newer(
    ada: AbstractUser, matrix: Movie, post: Post
) -> None:
    rating = Rating.objects.create(user=ada, movie=matrix, half_stars=3)
    post({"tmdb_id": 603, "rating": 5.0})
    post({"tmdb_id": 603, "rating": 4.5, "rated_at": "2020-01-01T00:00:00Z"})
    settle(ada)
    assert known_of(ada)["ratings"] == [("The Matrix", 3)]
    later = rating.updated_at + timedelta(seconds=1)
    post({"tmdb_id": 603, "rating": 4.0, "rated_at": later.isoformat()})
    settle(ada)
    assert known_of(ada)["ratings"] == [("The Matrix", 8)]

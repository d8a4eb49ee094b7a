"""Whatever a member has rated, seen, logged and hidden: no page and no answer offers any of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from catalog.models import Friendship, Movie
from catalog.services.diary import Viewing, write
from catalog.services.ratings import rate
from catalog.services.seen import mark_seen
from catalog.services.watchlist import set_hidden, set_watchlisted
from recommender.serving.live_catalog import live_catalog
from tests.recommender.rated_world import add_ratings
from tests.recommender.world import FILMS, World

pytestmark = pytest.mark.usefixtures("plain_static")

DAY = date(2026, 11, 1)
places = st.integers(0, FILMS - 1)
TOGETHER = "/together/?member=bob"


def some(most: int) -> st.SearchStrategy[set[int]]:
    return st.sets(places, max_size=most)


@dataclass
class Doings:
    """What a member did with the films at some places of the world."""

    rated: dict[int, int] = field(default_factory=dict)
    seen: dict[int, date | None] = field(default_factory=dict)
    logged: set[int] = field(default_factory=set)
    hidden: set[int] = field(default_factory=set)

    def do(self, user: AbstractUser, world: World) -> None:
        for place in self.hidden:
            set_hidden(user_id=user.pk, movie=world.movies[place], on=True)
        for place, half_stars in self.rated.items():
            rate(user_id=user.pk, movie=world.movies[place], half_stars=half_stars)
        for place, day in self.seen.items():
            mark_seen(user_id=user.pk, movie=world.movies[place], watched_on=day)
        for place in self.logged:
            write(user_id=user.pk, movie=world.movies[place], viewing=Viewing(DAY))

    def watched(self, world: World) -> set[int]:
        return {world.movies[place].pk for place in {*self.rated, *self.seen, *self.logged}}

    def closed(self, world: World) -> set[int]:
        return self.watched(world) | {world.movies[place].pk for place in self.hidden}


doings = st.builds(
    Doings,
    rated=st.dictionaries(places, st.integers(1, 10), max_size=25),
    seen=st.dictionaries(places, st.none() | st.dates(DAY - timedelta(9000), DAY), max_size=10),
    logged=some(5),
    hidden=some(5),
)


@pytest.fixture
def crowd(world: World) -> None:
    """Others have rated films, so that some are popular and some are liked by few."""
    add_ratings(world, users=12)


def offers(client: Client, world: World, friend: AbstractUser) -> Iterator[tuple[str, set[int]]]:
    """Each surface by name, with the films that it offers."""

    def context(address: str, **query: Any) -> Any:
        answer = client.get(address, query)
        assert answer.status_code == 200, address
        return answer.context

    def cards(found: Any) -> set[int]:
        return {card.movie.pk for card in found}

    for row in context("/")["rows"]:
        yield f"home: {row.key}", cards(row.cards)
    watch_next = reverse("recommender:watch-next")
    yield "watch next", cards(context(watch_next)["cards"])
    yield "watch next after a list", cards(context(watch_next, movie=world.even[:3])["cards"])
    welcome = context(reverse("recommender:onboarding"))
    yield "on-boarding: films to rate", cards(welcome["cards"])
    yield "on-boarding: picks", cards(welcome["picks"])
    together = context(reverse("recommender:together"), member=friend.get_username())
    yield "together", cards(together["cards"])
    for movie in (world.movies[0], world.movies[31]):
        alike = context(reverse("recommender:similar", args=[movie.pk]))["cards"]
        yield f"more like {movie}", {found.pk for found, _ in alike}
    for name in ("recommendations", "watch-next"):
        answer = client.get(f"/api/v1/me/{name}?n=100").json()
        yield f"API: {name}", {item["movie"]["id"] for item in answer["items"]}


@pytest.mark.usefixtures("crowd")
@pytest.mark.parametrize("kinds", [("factorization", "sequence"), ("sequence",), ()])
@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.reuse, Phase.generate],  # shrinking would ask the site for minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(mine=doings, theirs=doings, kept=some(20))
def test_nothing_rated_seen_or_hidden_is_offered(
    world: World, kinds: tuple[str, ...], mine: Doings, theirs: Doings, kept: set[int]
) -> None:
    with transaction.atomic():
        if kinds:
            world.publish(*kinds)
        ada, bob = world.member("ada"), world.member("bob")
        Friendship.objects.create(sender=ada, receiver=bob, accepted_at=timezone.now())
        for place in kept:
            set_watchlisted(user_id=ada.pk, movie=world.movies[place], on=True)
        mine.do(ada, world)
        theirs.do(bob, world)
        client = Client()
        client.force_login(ada)
        closed = mine.closed(world)
        offered = dict(offers(client, world, bob))
        for name, films in offered.items():
            assert not films & closed, name
        assert not offered["together"] & mine.closed(world)
        assert not offered["together"] & {world.movies[place].pk for place in theirs.rated}
        assert offered["API: watch-next"], "fifteen films at least are open"
        kept_films = {world.movies[place].pk for place in kept}
        watchlist = {movie.pk for movie, _ in client.get("/watchlist/").context["cards"]}
        assert watchlist == kept_films - mine.watched(world)
        transaction.set_rollback(True)


def pages_of(client: Client, world: World) -> Iterator[tuple[str, str]]:
    """What each page says, by its address, without what is another at each request."""
    films = [world.movies[place] for place in (40, 41, 42)]
    for address in (
        "/",
        "/movies/",
        "/movies/?sort=title",
        "/movies/?q=film",
        "/search/?q=film",
        "/api/v1/movies?limit=100",
        "/api/v1/movies?search=film",
        "/movies/?sort=best",
        "/movies/?average=4",
        "/movies/?count=10",
        "/taste/",
        "/welcome/",
        "/watch-next/",
        f"/watch-next/?movie={world.even[1]}",
        TOGETHER,
        *(film.get_absolute_url() for film in films),
        *(reverse("recommender:similar", args=[film.pk]) for film in films),
        *(reverse("recommender:prediction", args=[film.pk]) for film in films),
        *(f"/api/v1/movies/{film.pk}" for film in films),
        "/api/v1/me/recommendations?n=50",
        "/api/v1/me/watch-next?n=50",
    ):
        answer = client.get(address)
        assert answer.status_code == 200, address
        yield address, said(answer)


def said(answer: Any) -> str:
    """The page without its tokens, which are others each time."""
    return re.sub(r"\b[A-Za-z0-9]{64}\b", "", answer.content.decode())


@pytest.mark.parametrize("is_member", [True, False])
def test_no_page_tells_what_the_only_other_member_did(world: World, is_member: bool) -> None:
    Movie.objects.update(rating_count=0, half_star_sum=0)
    world.publish()
    ada, bob = world.fan_of_even(), world.member("bob", shares_ratings=False)
    Friendship.objects.create(sender=ada, receiver=bob, accepted_at=timezone.now())
    client = Client()
    client.force_login(ada)

    def seen() -> dict[str, str]:
        live_catalog.forget()
        pages = dict(pages_of(client, world))
        if is_member:
            return pages
        visitor = Client()
        return {
            address: said(visitor.get(address))
            for address in pages
            if address.startswith(("/movies/", "/search/", "/api/v1/movies"))
        }

    before = seen()
    rate(user_id=bob.pk, movie=world.movies[40], half_stars=10)
    rate(user_id=bob.pk, movie=world.movies[41], half_stars=1)
    set_hidden(user_id=bob.pk, movie=world.movies[42], on=True)
    mark_seen(user_id=bob.pk, movie=world.movies[43], watched_on=None)
    after = seen()
    # What bob would like is what he agreed to be asked for; the films are the same ones.
    before.pop(TOGETHER, None)
    after.pop(TOGETHER, None)
    for address, page in before.items():
        assert after[address].splitlines() == page.splitlines(), address

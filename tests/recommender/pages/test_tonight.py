"""One film for tonight: what fits the hour, what was answered, and what is wished for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Movie
from catalog.services.ratings import rate
from recommender.models import TonightAnswer
from recommender.pages.tonight import Tonight, moment_at
from recommender.serving.live_catalog import live_catalog
from recommender.views.home import ANSWERS
from tests.recommender.world import World

pytestmark = pytest.mark.usefixtures("plain_static")


@pytest.fixture
def client(world: World) -> Client:
    world.publish()
    client = Client()
    client.force_login(world.fan_of_even())
    return client


def tonight(client: Client) -> Any:
    answer = client.get("/")
    shown: Tonight | None = answer.context["tonight"]
    if shown and shown.card:
        rows = {card.movie.pk for row in answer.context["rows"] for card in row.cards}
        assert shown.card.movie.pk not in rows, "no film is twice on the page"
    return shown


def answered(client: Client, answer: str) -> Any:
    key = tonight(client).card.movie.pk
    assert client.post("/tonight/", {"answer": answer, "movie": key}).status_code == 302
    return key


def test_the_film_suits_the_member_and_says_why(client: Client, world: World) -> None:
    shown = tonight(client)
    assert shown.card.movie.pk in world.even
    assert "stars, most of all because of Film 0" in shown.why
    assert not shown.taken


def test_visitors_and_newcomers_get_none(world: World) -> None:
    world.publish()
    newcomer = Client()
    newcomer.force_login(world.member("eve"))
    assert tonight(Client()) is None
    assert tonight(newcomer) is None
    assert newcomer.post("/tonight/", {"answer": "taken", "movie": "x"}).status_code == 302
    assert Client().post("/tonight/", {"mood": "laugh"})["Location"].startswith("/accounts/login/")


def test_another_one_until_it_fits(client: Client, world: World) -> None:
    passed = [answered(client, "another") for _ in range(4)]
    assert len(set(passed)) == 4
    taken = answered(client, "taken")
    assert taken not in passed
    shown = tonight(client)
    assert (shown.card.movie.pk, shown.taken) == (taken, True)
    assert TonightAnswer.objects.filter(taken=False).count() == 4
    rate(user_id=int(client.session["_auth_user_id"]), movie=shown.card.movie, half_stars=8)
    shown = tonight(client)
    assert (shown.card.movie.pk != taken, shown.taken) == (True, False), "it was watched"


def test_a_film_that_was_taken_gives_way_the_next_day(client: Client) -> None:
    taken = answered(client, "taken")
    TonightAnswer.objects.update(answered_at=timezone.now() - timedelta(hours=20))
    assert not tonight(client).taken
    assert TonightAnswer.objects.get().movie_id == taken


def test_what_was_passed_teaches(client: Client, world: World) -> None:
    """Films like those that were passed stand back for others that are foreseen as good."""
    user_id = int(client.session["_auth_user_id"])
    for place in (1, 3, 5):  # now both tastes are liked alike
        rate(user_id=user_id, movie=world.movies[place], half_stars=10)
    first = tonight(client).card.movie.pk
    alike, others = (world.even, world.odd) if first in world.even else (world.odd, world.even)
    long_ago = timezone.now() - timedelta(days=15)
    closed = {movie.pk for movie in world.movies[:6]}
    for pk in [key for key in alike if key not in closed][:8]:
        TonightAnswer.objects.create(
            user_id=user_id, movie_id=pk, taken=False, weekend=False, answered_at=long_ago
        )
    assert tonight(client).card.movie.pk in others


@pytest.mark.parametrize(
    ("wish", "most", "genre"),
    [
        ({"length": "90", "mood": ""}, 89, None),
        ({"length": "120", "mood": "laugh"}, 119, "Comedy"),
        ({"length": "x", "mood": "x"}, 10_000, None),
    ],
)
def test_wishes_hold_until_they_are_taken_back(
    client: Client, wish: dict[str, str], most: int, genre: str | None
) -> None:
    client.post("/tonight/", wish)
    shown = tonight(client)
    assert 0 < shown.minutes <= most
    assert genre is None or genre in [one.name for one in shown.card.movie.genre_list]
    assert answered(client, "another")
    assert 0 < tonight(client).minutes <= most, "the wish is kept"
    client.post("/tonight/", {"length": "", "mood": ""})
    assert (tonight(client).wish.length, tonight(client).wish.mood) == ("", "")


def test_no_length_is_asked_for_where_none_is_known(client: Client, world: World) -> None:
    client.post("/tonight/", {"length": "90", "mood": ""})
    Movie.objects.update(runtime=None)
    live_catalog.forget()
    shown = tonight(client)
    assert shown.lengths == []
    assert shown.card, "what was wished for before counts no longer"


def test_where_nothing_fits_the_page_says_so(client: Client) -> None:
    client.post("/tonight/", {"length": "", "mood": "scare"})
    assert tonight(client).card is None
    assert "Nothing that you have not seen fits" in client.get("/").content.decode()


def test_moods_are_those_of_the_catalog(client: Client) -> None:
    assert [key for key, _, _ in tonight(client).moods] == ["laugh", "move", "scare"]


def test_inside_the_page_the_rows_answer(client: Client) -> None:
    key = tonight(client).card.movie.pk
    headers = {"HX-Request": "true", "HX-Target": ANSWERS}
    answer = client.post("/tonight/", {"answer": "another", "movie": key}, headers=headers)
    assert answer.context["tonight"].card.movie.pk != key
    assert "<html" not in answer.content.decode()


@pytest.mark.parametrize(
    ("now", "weekend", "left"),
    [
        ("2026-11-24 20:00", False, 240),  # a Tuesday
        ("2026-11-24 23:30", False, 75),
        ("2026-11-25 01:00", False, 75),  # still the evening of Tuesday
        ("2026-11-27 15:00", False, None),  # a Friday
        ("2026-11-27 20:00", True, None),
        ("2026-11-28 22:00", True, None),
        ("2026-11-29 21:00", True, 180),  # tomorrow is Monday
    ],
)
def test_evenings(now: str, weekend: bool, left: int | None) -> None:
    moment = moment_at(datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert (moment.weekend, moment.minutes_left) == (weekend, left)


def test_the_evening_is_the_visitors(client: Client) -> None:
    client.cookies["timezone"] = "Pacific/Kiritimati"
    assert tonight(client).card
    client.cookies["timezone"] = "../../etc/passwd"
    assert tonight(client).card

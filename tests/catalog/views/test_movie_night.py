"""A movie night in the browsers of its host and of guests without an account."""

from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser
from django.test import Client

from catalog.models import Movie, MovieNight, NightVoter
from catalog.services.movie_nights import start_night

pytestmark = pytest.mark.usefixtures("plain_static")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def night(ada: AbstractUser, films: list[Movie]) -> MovieNight:
    keys = [film.pk for film in films[:2]]
    return start_night(host_id=ada.pk, movie_ids=keys, people=2, minutes=30)


def shown(client: Client, night: MovieNight, path: str = "") -> str:
    return client.get(f"/night/{night.code}/{path}").content.decode()


def guest(night: MovieNight, name: str) -> Client:
    browser = Client()
    answer = browser.post(f"/night/{night.code}/join/", {"name": name})
    assert answer["Location"] == f"/night/{night.code}/"
    return browser


def cast(browser: Client, night: MovieNight, movie_id: int, score: int) -> Any:
    fields = {"movie": movie_id, "score": score}
    return browser.post(f"/night/{night.code}/vote/", fields, headers=HTMX)


def test_guests_vote_and_see_who_won(night: MovieNight, films: list[Movie]) -> None:
    assert "Your name tonight" in shown(Client(), night)
    mia, leo = guest(night, "Mia"), guest(night, "Leo")
    assert "Film 00" in shown(mia, night)
    for browser, scores in ((mia, (2, 2)), (leo, (0, 1))):
        for film, score in zip(films, scores, strict=False):
            answer = cast(browser, night, film.pk, score)
    assert "Tonight you watch" in answer.content.decode()
    page = shown(mia, night)
    told = page[page.index("Tonight you watch") :]
    assert told.index("Film 01") < told.index("Film 00")
    assert "Nobody said no." in page


def test_the_page_asks_until_it_is_over(night: MovieNight, member: Client) -> None:
    browser = guest(night, "Mia")
    address = f"/night/{night.code}/state/"
    assert 'hx-trigger="every 3s"' in browser.get(address).content.decode()
    assert browser.post(f"/night/{night.code}/close/").status_code == 404, "the host alone"
    member.post(f"/night/{night.code}/close/")
    answer = browser.get(address)
    assert answer.status_code == 286
    assert "hx-trigger" not in answer.content.decode()


def test_the_host_sees_the_link(night: MovieNight, member: Client) -> None:
    page = shown(member, night)
    assert f"http://testserver/night/{night.code}/" in page
    assert "<svg" in page[page.index("scan-code") :]
    assert "scan-code" not in shown(Client(), night)


def test_who_has_not_joined_cannot_vote(night: MovieNight, films: list[Movie]) -> None:
    cast(Client(), night, films[0].pk, 2)
    stranger = guest(
        start_night(host_id=night.host_id, movie_ids=night.movie_ids, people=2, minutes=30), "Eve"
    )
    cast(stranger, night, films[0].pk, 2)
    assert not NightVoter.objects.filter(night=night).exists()
    assert stranger.get("/night/no-such-code/").status_code == 404


def test_a_vote_without_scripts_comes_back_to_its_film(
    night: MovieNight, films: list[Movie]
) -> None:
    browser = guest(night, "Mia")
    fields = {"movie": films[1].pk, "score": "2"}
    answer = browser.post(f"/night/{night.code}/vote/", fields)
    assert answer["Location"] == f"/night/{night.code}/#film-{films[1].pk}"
    assert 'value="2"\n' in shown(browser, night) or "checked" in shown(browser, night)

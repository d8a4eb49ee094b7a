"""The bell, its settings, and the feeds."""

import re
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from catalog.models import Movie, NoticeChoices, NoticeKind, Release, WatchlistEntry
from catalog.services.notices import tell
from tests.recommender.conftest import plain_static

__all__ = ["plain_static"]

pytestmark = pytest.mark.usefixtures("plain_static")


@pytest.fixture
def ada(db: None) -> Any:
    return get_user_model().objects.create_user("ada", "ada@example.org")


@pytest.fixture
def client(ada: Any) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def test_the_bell_counts_until_its_page_was_read(client: Client, ada: Any) -> None:
    assert client.get("/notices/unread/").content.decode().strip() == ""
    film = Movie.objects.create(title="Heat")
    tell(ada.pk, NoticeKind.FILM_ADDED, "film-1", movie_id=film.pk)
    tell(ada.pk, NoticeKind.IMPORT_DONE, "import-1", subject="diary.csv", address="/import/1/")
    assert 'data-count="2"' in client.get("/notices/unread/").content.decode()
    page = client.get("/notices/").content.decode()
    assert "Heat, which you asked for, is here" in page
    assert film.get_absolute_url() in page
    assert "diary.csv was imported" in page
    assert client.get("/notices/unread/").content.decode().strip() == ""


def test_every_kind_can_be_switched_on_each_way(client: Client, ada: Any) -> None:
    kinds = client.get("/notices/settings/").context["kinds"]
    assert all(dict(ways)["bell"] for _kind, ways in kinds)
    assert not any(on for _kind, ways in kinds for way, on in ways if way != "bell")
    client.post("/notices/settings/", {"bell": ["available"], "feed": ["available", "x"]})
    for kind, ways in client.get("/notices/settings/").context["kinds"]:
        is_it = kind == NoticeKind.AVAILABLE
        assert dict(ways) == {"bell": is_it, "mailed": False, "pushed": False, "feed": is_it}


def test_an_address_that_is_no_good_is_said(client: Client) -> None:
    answer = client.post("/notices/settings/", {"apprise_urls": "file:///etc/passwd"})
    assert answer.status_code == 422
    assert "This address cannot be taken: file:///etc/passwd" in answer.content.decode()
    assert not NoticeChoices.objects.exists()


def feeds(client: Client) -> list[str]:
    client.post("/notices/feeds/")
    return [str(one) for one in client.get("/notices/settings/").context["feeds"]]


def test_the_feed_holds_what_was_chosen_for_it(client: Client, ada: Any) -> None:
    client.post("/notices/settings/", {"feed": ["import-done"]})
    rss, _calendar = feeds(client)
    tell(ada.pk, NoticeKind.IMPORT_DONE, "import-1", subject="a <b> & c.csv", address="/import/1/")
    reader = Client()
    titles = [one.text for one in ElementTree.fromstring(reader.get(rss).content).iter("title")]  # noqa: S314
    assert titles == ["Matinee", "a <b> & c.csv was imported"]
    feeds(client)
    assert reader.get(rss).status_code == 404, "the old address answers no more"


def test_the_calendar_holds_releases_of_the_watchlist(client: Client, ada: Any) -> None:
    _rss, calendar = feeds(client)
    today = timezone.localdate()
    for name, day, country, kept in (
        ("Dune; Part, Three" + "ü" * 60, today + timedelta(days=20), "US", True),
        ("Elsewhere", today, "AT", True),
        ("Not kept", today, "US", False),
        ("Long ago", today - timedelta(days=400), "US", True),
    ):
        film = Movie.objects.create(title=name)
        Release.objects.create(movie=film, country=country, kind=3, released_on=day)
        if kept:
            WatchlistEntry.objects.create(user=ada, movie=film)
    answer = Client().get(calendar)
    assert answer["Content-Type"].startswith("text/calendar")
    text = answer.content.decode()
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    unfolded = re.sub("\r\n ", "", text)
    assert unfolded.count("BEGIN:VEVENT") == 1
    assert "SUMMARY:Dune\\; Part\\, Threeü" in unfolded
    assert f"DTSTART;VALUE=DATE:{today + timedelta(days=20):%Y%m%d}" in unfolded


@pytest.mark.parametrize("path", ["/notices/", "/notices/settings/", "/notices/unread/"])
def test_visitors_are_sent_to_log_in(db: None, path: str) -> None:
    assert Client().get(path).status_code == 302


def test_a_feed_without_a_key_is_not_found(db: None) -> None:
    assert Client().get("/feeds/nothing.rss").status_code == 404

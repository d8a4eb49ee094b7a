"""A member's language is kept, and holds for what is written while no page is asked for."""

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone, translation

from catalog.models import FilmTranslation, MemberLanguage, Movie, NoticeKind, Release
from catalog.services.notices import tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static")]

PASSWORD = "a-long-and-calm-evening-42"


@pytest.fixture(autouse=True)
def english_after() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def ada(django_user_model: Any) -> Any:
    return django_user_model.objects.create_user("ada", "ada@example.org", PASSWORD)


def log_in(reads: str) -> Client:
    client = Client(headers={"Accept-Language": reads})
    form = {"login": "ada", "password": PASSWORD}
    assert client.post("/accounts/login/", form).status_code == 302
    return client


def kept() -> list[str]:
    return list(MemberLanguage.objects.values_list("language", flat=True))


def test_the_first_log_in_notes_it_and_a_choice_changes_it(ada: Any) -> None:
    german = log_in("de")
    assert kept() == ["de"]
    log_in("fr")
    assert kept() == ["de"], "another browser is no choice"
    german.post("/i18n/setlang/", {"language": "fr"})
    assert kept() == ["fr"]
    german.post("/i18n/setlang/", {"language": "tlh"})
    assert kept() == ["fr"]


def test_signing_up_notes_it() -> None:
    form = {"username": "eve", "email": "eve@example.org"}
    form |= {"password1": PASSWORD, "password2": PASSWORD}
    Client(headers={"Accept-Language": "fr"}).post("/accounts/signup/", form)
    assert kept() == ["fr"]


def test_a_visitors_choice_is_nobodys() -> None:
    Client().post("/i18n/setlang/", {"language": "de"})
    assert kept() == []


def test_feeds_speak_it_whatever_the_reader_asks_for(ada: Any) -> None:
    client = log_in("de")
    client.post("/notices/settings/", {"feed": ["available"]})
    client.post("/notices/feeds/")
    rss, calendar = client.get("/notices/settings/").context["feeds"]
    film = Movie.objects.create(title="Dune")
    FilmTranslation.objects.create(movie=film, language="de", title="Der Wüstenplanet")
    Release.objects.create(movie=film, country="US", kind=3, released_on=timezone.localdate())
    client.post(f"/movies/{film.pk}/watchlist/", {"on": "1"})
    tell(ada.pk, NoticeKind.AVAILABLE, "available-1", movie_id=film.pk)
    reader = Client(headers={"Accept-Language": "fr"})
    feed = ElementTree.fromstring(reader.get(rss).content)  # noqa: S314
    assert [one.text for one in feed.iter("language")] == ["de"]
    (_site, title) = (one.text for one in feed.iter("title"))
    assert title == "Der Wüstenplanet von deiner Merkliste ist jetzt auf deinen Diensten"
    assert "SUMMARY:Der Wüstenplanet" in reader.get(calendar).content.decode()

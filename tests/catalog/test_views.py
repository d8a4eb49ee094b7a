"""What is around every page: theme, credits, errors, accounts; nothing inline anywhere."""

import gettext
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.test import Client
from django.utils import translation
from django.views.defaults import server_error

from catalog.models import Dataset, Movie, Sharing
from catalog.services.ratings import rate
from tests.markup import flat

pytestmark = pytest.mark.usefixtures("plain_static")

ENTRANCE = ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/")
MANAGE = (
    "/accounts/profile/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/sessions/",
    "/accounts/logout/",
)
PERSONAL = (
    "/",
    "/ratings/",
    "/watchlist/",
    "/hidden/",
    "/seen/",
    "/taste/",
    "/welcome/",
    "/together/",
)
OPEN = ("/", "/movies/", "/watch-next/")

INLINE = re.compile(
    r"""\sstyle\s*=|\son\w+\s*=\s*["']|<style|<script(?![^>]*\ssrc=)(?![^>]*application/json)|hx-on""",
    re.I,
)


@pytest.mark.parametrize("address", [*OPEN, *ENTRANCE])
def test_open_pages_have_nothing_inline(client: Client, films: list[Movie], address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert INLINE.findall(answer.content.decode()) == []


@pytest.mark.parametrize("address", [*PERSONAL, *MANAGE])
def test_pages_of_members_have_nothing_inline(
    member: Client, ada: AbstractUser, films: list[Movie], address: str
) -> None:
    for movie in films[:5]:
        rate(user_id=ada.pk, movie=movie, half_stars=8)
    answer = member.get(address)
    assert answer.status_code == 200
    assert INLINE.findall(answer.content.decode()) == []


def test_the_policy_allows_nothing_inline(client: Client, films: list[Movie]) -> None:
    policy = client.get("/movies/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_the_theme_is_in_the_first_byte(client: Client, films: list[Movie]) -> None:
    assert "data-theme=" not in client.get("/movies/").content.decode().split("<body")[0]
    answer = client.post("/preferences/theme/", {"theme": "dark"})
    assert answer.status_code == 302
    html = flat(client.get("/movies/")).split("<head")[0]
    assert html.endswith(' data-theme="dark">')
    client.post("/preferences/theme/", {"theme": "<b>"})
    assert "data-theme=" not in client.get("/movies/").content.decode().split("<body")[0]


def test_credits_of_the_data_are_in_the_footer(client: Client, films: list[Movie]) -> None:
    Dataset.objects.create(
        slug="ml", title="MovieLens", licence="For research.", citation="Harper & Konstan, 2015"
    )
    shown = client.get("/movies/").content.decode()
    assert "MovieLens" in shown
    assert "For research." in shown
    assert "Harper &amp; Konstan, 2015" in shown
    assert "This product uses the TMDB API" in shown


def test_the_page_of_a_failure_needs_nothing(rf: Any) -> None:
    answer = server_error(rf.get("/"))
    assert answer.status_code == 500
    assert b"The film snapped" in answer.content


def test_the_profile_is_saved(member: Client, ada: AbstractUser) -> None:
    answer = member.post("/accounts/profile/", {"username": "lovelace", "watch_together": "on"})
    assert answer.status_code == 302
    ada = get_user_model().objects.get(pk=ada.pk)
    assert ada.get_username() == "lovelace"
    chosen = Sharing.of(ada)
    assert (chosen.watch_together, chosen.is_public, chosen.findable) == (True, False, False)
    data = {"username": "lovelace", "is_public": "on", "shown_to_operators": "on"}
    answer = member.post("/accounts/profile/", data)
    assert list(Sharing.objects.values()) == [
        {
            "user_id": ada.pk,
            "is_public": True,
            "findable": False,
            "shares_ratings": False,
            "watch_together": False,
            "shown_to_operators": True,
            "taken_down": False,
        }
    ]


def test_a_name_that_is_taken_is_refused_where_it_was_typed(
    member: Client, django_user_model: Any
) -> None:
    django_user_model.objects.create_user("eve")
    answer = member.post("/accounts/profile/", {"username": "eve"})
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "This name looks like another member" in shown
    assert '<p class="menu-name"><a href="/members/ada/">ada</a></p>' in shown


@pytest.fixture
def english_after() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("language", "count", "day"), [("de", "Filme", "1. Juni 1950"), ("fr", "films", "1 juin 1950")]
)
def test_the_site_speaks_a_language_by_the_browser_or_by_choice(
    client: Client, films: list[Movie], english_after: None, language: str, count: str, day: str
) -> None:
    asked = client.get("/movies/", headers={"Accept-Language": f"{language},{language};q=0.9"})
    assert f'<html lang="{language}"' in flat(asked)
    assert f'<strong class="tabular">60</strong> {count}' in flat(asked)
    came_from = {"Referer": "http://testserver/movies/"}
    answer = client.post("/i18n/setlang/", {"language": language}, headers=came_from)
    assert answer.status_code == 302
    assert day in client.get(films[0].get_absolute_url()).content.decode()


@pytest.mark.parametrize("language", ["de", "fr"])
def test_every_text_is_translated_and_compiled(language: str) -> None:
    """``make translations`` after every change of a text, or of django.po."""
    folder = Path(__file__).resolve().parents[2] / "locale" / language / "LC_MESSAGES"
    with (folder / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    with (folder / "django.po").open("rb") as file:
        texts = [text for text in read_po(file) if text.id]
    assert len(texts) > 1700
    assert [text.id for text in texts if text.fuzzy or not all(_forms(text))] == []
    for text in texts:
        assert _said(compiled, text) == _forms(text), text.id


def _said(compiled: gettext.GNUTranslations, text: Message) -> tuple[str, ...]:
    if not isinstance(text.id, str):
        return tuple(compiled.ngettext(*text.id, number) for number in (1, 2))
    if text.context:
        return (compiled.pgettext(text.context, text.id),)
    return (compiled.gettext(text.id),)


def _forms(text: Message) -> tuple[str, ...]:
    return (text.string,) if isinstance(text.string, str) else tuple(text.string)

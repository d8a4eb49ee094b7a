"""What a refused form says, to its sender and to whoever runs the site."""

from __future__ import annotations

import pytest
import structlog
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static")]

FORM = "/accounts/password/reset/"


def sent(cookie: bool = True, secure: bool = False, **headers: str) -> tuple[str, list[str]]:
    """The page, and what the log says to do."""
    client = Client(enforce_csrf_checks=True)
    if cookie:
        client.get(FORM, secure=secure)
    with structlog.testing.capture_logs() as logs:
        fields = {"email": "ida@films.example"}
        answer: HttpResponse = client.post(FORM, fields, headers=headers, secure=secure)
    assert answer.status_code == 403
    told = [entry["hint"] for entry in logs if entry["event"] == "form_refused"]
    return answer.content.decode(), told


def test_a_page_that_is_too_old_says_so_and_troubles_nobody() -> None:
    page, told = sent()
    assert "That form has expired" in page
    assert told == []


def test_a_wrong_origin_is_told_to_who_runs_the_site(settings: Settings) -> None:
    settings.LOCAL = False
    page, [told] = sent(Origin="https://films.example")
    assert "came from another address" in page
    assert "MATINEE_URL" not in page
    assert "from https://films.example," in told
    assert "believes to be http://testserver." in told
    assert "MATINEE_TRUSTED_PROXIES" in told


def test_in_a_local_run_the_page_says_it_too(settings: Settings) -> None:
    settings.LOCAL = True
    page, [told] = sent(Origin="https://films.example")
    assert "MATINEE_TRUSTED_PROXIES" in page
    assert told


def test_of_a_wrong_referer_the_log_keeps_the_host_alone() -> None:
    page, [told] = sent(secure=True, Referer="https://films.example/password/reset/key/3-secret/")
    assert "came from another address" in page
    assert "https://films.example," in told
    assert "secret" not in told


def test_no_referer_and_no_cookie_are_told_apart() -> None:
    page, told = sent(secure=True)
    assert "does not say where the form is from" in page
    assert told == []
    page, told = sent(cookie=False)
    assert "sent no cookie" in page
    assert told == []


def test_a_script_gets_the_words_alone() -> None:
    words, _ = sent(cookie=False, **{"HX-Request": "true"})
    assert words.startswith("Your browser sent no cookie. Allow cookies of this site")
    assert "<" not in words


def test_a_cookie_that_is_for_https_alone_is_told(settings: Settings) -> None:
    settings.CSRF_COOKIE_SECURE = True
    page, [told] = sent(cookie=False)
    assert "sent no cookie" in page
    assert "Cookies are for HTTPS alone" in told

"""What stays out of the logs."""

import json
import logging
from typing import Any

import pytest
from django.conf import settings

from moviesite.logs.secrets import MemberHash, redact, without_secrets

SECRET = "Zm9vYmFyLXNlY3JldA"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"GET /hooks/{SECRET}", "GET /hooks/…"),
        (
            f"GET /accounts/password/reset/key/5-{SECRET}/ 200",
            "GET /accounts/password/reset/key/…/ 200",
        ),
        (f"/accounts/confirm-email/{SECRET}:1a/", "/accounts/confirm-email/…/"),
        (f"/accounts/invite/{SECRET}/", "/accounts/invite/…/"),
        (f"GET /feeds/{SECRET}.rss 200", "GET /feeds/… 200"),
        (f"/night/{SECRET}/vote/", "/night/…/vote/"),
        (
            f"https://tmdb.example/movie?api_key={SECRET}&page=2",
            "https://tmdb.example/movie?api_key=…&page=2",
        ),
        (f"/accounts/oidc/callback/?code={SECRET}", "/accounts/oidc/callback/?code=…"),
        (f"Authorization: Bearer {SECRET}", "Authorization: Bearer …"),
        (f"redis://site:{SECRET}@cache:6379/0", "redis://site:…@cache:6379/0"),
        ("GET /movies/862-toy-story/?q=join", "GET /movies/862-toy-story/?q=join"),
        ("/movies/?page=2&year=1999", "/movies/?page=2&year=1999"),
    ],
)
def test_a_secret_is_no_text_of_a_log(text: str, kept: str) -> None:
    assert without_secrets(text) == kept


def test_every_text_of_an_event_is_looked_at() -> None:
    event = {"request": f"POST /hooks/{SECRET}", "code": 202, "exception": f"in /hooks/{SECRET}"}
    assert redact(None, "info", event) == {
        "request": "POST /hooks/…",
        "code": 202,
        "exception": "in /hooks/…",
    }


def test_members_are_named_by_a_hash_that_only_the_site_can_make() -> None:
    ours, others = MemberHash("our key"), MemberHash("another")
    named = [who(None, "info", {"user_id": 7}) for who in (ours, ours, others)]
    assert named[0] == named[1] != named[2]
    assert set(named[0]) == {"user"}
    assert ours(None, "info", {"user_id": None}) == {}


def made(level: int, message: str, *args: Any) -> str:
    """A record of Django's or of a library's, as the site writes it."""
    formatter = settings.LOGGING["formatters"]["structured"]
    writer = formatter["()"](
        processor=formatter["processor"], foreign_pre_chain=formatter["foreign_pre_chain"]
    )
    record = logging.LogRecord("django.request", level, "", 0, message, args, None)
    return str(writer.format(record))


def test_what_django_itself_logs_goes_through_it() -> None:
    line = made(logging.WARNING, "%s: %s", "Not Found", f"/hooks/{SECRET}")
    assert "/hooks/…" in line
    assert SECRET not in line


def test_what_was_raised_goes_through_it() -> None:
    formatter = settings.LOGGING["formatters"]["structured"]
    writer = formatter["()"](
        processor=formatter["processor"], foreign_pre_chain=formatter["foreign_pre_chain"]
    )
    error = ValueError(f"no answer from https://tmdb.example/?api_key={SECRET}")
    told = (ValueError, error, None)
    line = writer.format(logging.LogRecord("x", logging.ERROR, "", 0, "failed", (), told))
    assert "api_key=…" in line
    assert SECRET not in json.dumps(line)

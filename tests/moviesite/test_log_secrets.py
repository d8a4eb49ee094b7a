"""The token in the address of a media server does not get into the logs."""

import logging

from django.conf import settings

from moviesite.log_secrets import without_hook_tokens

TOKEN = "a" * 43


def test_the_token_is_cut_from_every_text() -> None:
    event = {
        "request": f"POST /hooks/{TOKEN}",
        "event": f"Bad Request: /accounts/invited/{TOKEN}/",
        "code": 4,
    }
    assert without_hook_tokens(None, "info", event) == {
        "request": "POST /hooks/…",
        "event": "Bad Request: /accounts/invited/…/",
        "code": 4,
    }


def test_what_django_itself_logs_goes_through_it() -> None:
    formatter = settings.LOGGING["formatters"]["structured"]
    made = formatter["()"](
        processor=formatter["processor"], foreign_pre_chain=formatter["foreign_pre_chain"]
    )
    record = logging.LogRecord(
        "django.request", logging.WARNING, "", 0, "%s: %s", ("Not Found", f"/hooks/{TOKEN}"), None
    )
    assert "/hooks/…" in made.format(record)
    assert TOKEN not in made.format(record)

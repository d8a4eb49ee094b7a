"""Notices sent to addresses of Apprise: over real HTTP, and never into the site's own network."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from catalog.couriers.push import AddressError, check_addresses, push_notices
from catalog.models import NoticeKind
from catalog.services.notices import choose_ways, tell

WAYS = {"bell": [], "mailed": [], "pushed": ["import-done"], "feed": []}


@pytest.fixture
def ada(db: None) -> Any:
    return get_user_model().objects.create_user("ada", "ada@example.org")


@pytest.fixture
def listener() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A program that takes what Apprise sends as JSON."""
    heard: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name that the server asks for
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"json://127.0.0.1:{server.server_port}", heard
    server.shutdown()
    thread.join()
    server.server_close()


def test_each_notice_goes_once(ada: Any, listener: Any, settings: Any) -> None:
    address, heard = listener
    settings.MATINEE_MEDIA_SERVERS = ["127.0.0.1"]
    choose_ways(ada.pk, WAYS, "\n".join(check_addresses(f" {address} \n\n")))
    tell(ada.pk, NoticeKind.IMPORT_DONE, "import-1", subject="diary.csv")
    tell(ada.pk, NoticeKind.AVAILABLE, "available-1")
    assert push_notices(ada.pk) == 1
    assert push_notices(ada.pk) == 0
    (said,) = heard
    assert "diary.csv was imported" in said["message"]


def test_nothing_goes_to_what_is_not_public(ada: Any, listener: Any) -> None:
    address, heard = listener
    with pytest.raises(AddressError):
        check_addresses(address)
    choose_ways(ada.pk, WAYS, address)
    tell(ada.pk, NoticeKind.IMPORT_DONE, "import-1", subject="diary.csv")
    assert push_notices(ada.pk) == 0
    assert heard == []


@pytest.mark.parametrize(
    "wrong",
    [
        "file:///etc/passwd",
        "syslog://",
        "dbus://",
        "mailto://ada:secret@example.org",
        "ntfy://10.0.0.1/topic",
        "json://localhost",
        "json://[::1]:80",
        "nonsense",
        "\n".join(["tgram://123456789:abcdefg_hijklmnop/12345"] * 9),
    ],
)
def test_addresses_that_cannot_be_taken(wrong: str) -> None:
    with pytest.raises(AddressError):
        check_addresses(wrong)


def test_nobody_chose_it(ada: Any) -> None:
    tell(ada.pk, NoticeKind.IMPORT_DONE, "import-1")
    assert push_notices(ada.pk) == 0

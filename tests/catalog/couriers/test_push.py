"""Notices sent to addresses of Apprise: over real HTTP, and never into the site's own network."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from catalog.couriers.push import AddressError, check_addresses, push_notices
from catalog.models import NoticeKind
from catalog.services.member_language import keep_language
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
            self.send_response(307 if self.path == "/moved" else 200)
            self.send_header("Location", "/elsewhere")
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


def test_it_speaks_the_members_language(ada: Any, listener: Any, settings: Any) -> None:
    address, heard = listener
    settings.MATINEE_MEDIA_SERVERS = ["127.0.0.1"]
    keep_language(ada.pk, "de")
    choose_ways(ada.pk, WAYS, "\n".join(check_addresses(address)))
    tell(ada.pk, NoticeKind.IMPORT_DONE, "import-1", subject="diary.csv")
    assert push_notices(ada.pk) == 1
    assert "diary.csv wurde importiert" in heard[0]["message"]


def test_nothing_goes_to_what_is_not_public(ada: Any, listener: Any) -> None:
    address, heard = listener
    with pytest.raises(AddressError):
        check_addresses(address)
    choose_ways(ada.pk, WAYS, address)
    tell(ada.pk, NoticeKind.IMPORT_DONE, "import-1", subject="diary.csv")
    assert push_notices(ada.pk) == 0
    assert heard == []


def test_a_name_that_leads_into_the_network_by_then_gains_nothing(
    ada: Any, listener: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, heard = listener
    port = address.rpartition(":")[2]
    choose_ways(ada.pk, WAYS, f"json://rebind.example:{port}\njson://rebind.example:{port}/again")
    tell(ada.pk, NoticeKind.IMPORT_DONE, "import-1", subject="diary.csv")
    known, asked = socket.getaddrinfo, []

    def rebind(host: str, *arguments: Any, **options: Any) -> Any:
        if host != "rebind.example":
            return known(host, *arguments, **options)
        asked.append(host)
        # Public for each check of the addresses, and ours when something is sent.
        return [(2, 1, 6, "", ("93.184.215.14" if len(asked) <= 2 else "127.0.0.1", int(port)))]

    monkeypatch.setattr(socket, "getaddrinfo", rebind)
    assert push_notices(ada.pk) == 0
    assert (len(asked), heard) == (4, [])


def test_nobody_is_followed_to_another_address(ada: Any, listener: Any, settings: Any) -> None:
    address, heard = listener
    settings.MATINEE_MEDIA_SERVERS = ["127.0.0.1"]
    choose_ways(ada.pk, WAYS, f"{address}/moved?redirect=yes")
    tell(ada.pk, NoticeKind.IMPORT_DONE, "import-1", subject="diary.csv")
    assert push_notices(ada.pk) == 0
    assert len(heard) == 1


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

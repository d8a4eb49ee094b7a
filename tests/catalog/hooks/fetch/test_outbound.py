"""A member's address reaches nothing that is not public, unless an administrator allows it."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest

from catalog.hooks.fetch import outbound
from catalog.hooks.fetch.outbound import FetchError, find_server, get_json
from tests.catalog.hooks.fetch.servers import Request, serve

LOOPBACK = ["127.0.0.0/8"]


def code_of(address: str) -> str:
    with pytest.raises(FetchError) as raised:
        find_server(address)
    return raised.value.code


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:6379",
        "http://localhost:5432/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f.0.0.1/",
        "http://017700000001/",
        "http://0.0.0.0:8000",
        "http://[::1]/",
        "http://[::]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:169.254.169.254]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[2002:7f00:1::]/",
        "http://[2002:c0a8:101::1]/",
        "http://[fe80::1]/",
        "http://[fc00::1]/",
        "http://[fd00:ec2::254]/latest/meta-data/",
        "http://[ff02::1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://100.100.100.200/",
        "http://192.0.0.192/",
        "http://10.0.0.5:8096",
        "http://172.16.3.4",
        "http://192.168.1.10:32400",
        "http://100.64.0.1",
        "http://198.18.0.1",
        "http://224.0.0.1",
        "http://240.0.0.1",
        "http://255.255.255.255",
    ],
)
def test_what_is_not_public_is_refused(address: str) -> None:
    assert code_of(address) == "address-refused"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "media.example",
        "ftp://media.example",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "http://",
        "http://user:secret@media.example/",
        "http://media.example@127.0.0.1/",
        "http://media.example:99999",
        "http://media.example:0",
        "http://media.example/?x=1",
        "http://media.example/#x",
        "http://media.example/a b",
        "http://media.example/\r\nX-Evil: 1",
        "http://" + "a" * 600,
        "http://[::1",
    ],
)
def test_what_is_no_address_is_said(address: str) -> None:
    assert code_of(address) == "address-malformed"


def test_a_name_that_nobody_has() -> None:
    assert code_of("http://nobody.invalid/") == "address-unknown"


def test_public_addresses_are_allowed(settings: Any) -> None:
    assert find_server("https://93.184.215.14:8920/jellyfin/").path == "/jellyfin"
    assert find_server("http://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/").port == 80


def test_an_administrator_allows_networks_and_names(settings: Any) -> None:
    settings.MATINEE_MEDIA_SERVERS = ["192.168.1.0/24", "localhost"]
    assert find_server("http://192.168.1.10:8096").addresses == ("192.168.1.10",)
    assert "127.0.0.1" in find_server("http://LOCALHOST:8096").addresses
    assert code_of("http://127.0.0.1:8096") == "address-refused"
    assert code_of("http://192.168.2.10:8096") == "address-refused"
    settings.MATINEE_MEDIA_SERVERS = ["127.0.0.1"]
    assert find_server("http://[::ffff:127.0.0.1]:8096").port == 8096


def test_one_forbidden_address_of_a_name_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(*_: object, **__: object) -> list[Any]:
        return [(2, 1, 6, "", (one, 80)) for one in ("93.184.215.14", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    assert code_of("http://media.example/") == "address-refused"


def test_a_name_that_changes_its_address_gains_nothing(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is asked goes to the address that was checked, not to what the name says by then."""
    settings.MATINEE_MEDIA_SERVERS = ["127.0.0.1"]
    known = socket.getaddrinfo
    answers = [[(2, 1, 6, "", ("127.0.0.1", 80))]]

    def rebind(host: str, *arguments: Any, **options: Any) -> Any:
        if host == "rebind.example":
            return answers.pop(0)
        return known(host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", rebind)
    with serve(lambda _request: (200, {"mine": True})) as server:
        found = find_server(f"http://rebind.example:{server.server_port}")
        assert get_json(found, "/a", {"b": "c"}, {}) == {"mine": True}
        assert get_json(found, "/a", {}, {}) == {"mine": True}
        assert server.asked[0].headers["Host"] == f"rebind.example:{server.server_port}"
        assert (server.asked[0].path, server.asked[0].query) == ("/a", {"b": "c"})
    assert answers == []


def failure(answer: Any, settings: Any) -> str:
    settings.MATINEE_MEDIA_SERVERS = LOOPBACK
    with serve(answer) as server, pytest.raises(FetchError) as raised:
        get_json(find_server(server.address), "/", {}, {})
    return raised.value.code


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nobody_is_followed(status: int, settings: Any) -> None:
    with serve(lambda _request: (200, {"secret": 1})) as inside:
        code = failure(lambda _request: (status, inside.address.encode()), settings)
        assert code == "redirected"
        assert inside.asked == []


@pytest.mark.parametrize(
    ("status", "content", "code"),
    [
        (401, b"", "wrong-key"),
        (403, b"", "wrong-key"),
        (404, b"", "not-understood"),
        (500, b"trace", "not-understood"),
        (200, b"<html>", "not-understood"),
        (200, b"[" * 100_000, "not-understood"),
    ],
)
def test_other_answers(status: int, content: bytes, code: str, settings: Any) -> None:
    assert failure(lambda _request: (status, content), settings) == code


def test_size_is_bounded(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "MOST_BYTES", 100_000)
    assert failure(lambda _request: (200, b" " * 300_000), settings) == "too-large"


def test_time_is_bounded_also_where_a_byte_comes_now_and_again(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "FETCH_SECONDS", 1.0)

    def drip(request: Request) -> tuple[int, object]:
        for _ in range(100):
            try:
                request.handler.wfile.write(b"X")
                request.handler.wfile.flush()
            except OSError:
                break
            time.sleep(0.05)
        return 200, b""

    begun = time.monotonic()
    assert failure(drip, settings) in ("unreachable", "not-understood")
    assert time.monotonic() - begun < 4


def test_nobody_there(settings: Any) -> None:
    settings.MATINEE_MEDIA_SERVERS = LOOPBACK
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        found = find_server(f"http://127.0.0.1:{held.getsockname()[1]}")
        with pytest.raises(FetchError, match="unreachable"):
            get_json(found, "/", {}, {})


def test_a_certificate_must_be_the_names(settings: Any) -> None:
    """A server without TLS, or with a certificate of its own making, is not reached by https."""
    settings.MATINEE_MEDIA_SERVERS = LOOPBACK
    with serve(lambda _request: (200, {})) as server:
        found = find_server(server.address.replace("http:", "https:"))
        with pytest.raises(FetchError, match="unreachable"):
            get_json(found, "/", {}, {})

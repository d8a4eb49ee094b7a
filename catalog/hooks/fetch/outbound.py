"""Requests to an address that a member gives, kept away from whatever is not public.

The name is resolved once, each address that it has is checked, and the connection is made to an
address that was checked: a name that resolves to another one a moment later gains nothing. Nobody
is followed to another address, and what is read is bounded in size and in time.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import SplitResult, quote, urlencode, urlsplit

from django.conf import settings

MOST_BYTES = 32 * 1024 * 1024
CONNECT_SECONDS = 5.0
SILENT_SECONDS = 30.0
# For all that is asked of a server together.
FETCH_SECONDS = 300.0
BLOCK = 1 << 16
LONGEST_ADDRESS = 500
DEFAULT_PORTS = {"http": 80, "https": 443}
# Prefixes under which IPv6 carries an address of IPv4 (RFC 6052, RFC 8215).
CARRIERS = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))

# Of IANA's registries of special addresses, what older Pythons take for global, and what no longer
# has a meaning of its own.
SPECIAL = tuple(
    ipaddress.ip_network(one)
    for one in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fec0::/10",
    )
)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class FetchError(Exception):
    """Nothing came of it; ``code`` is put into words by ``catalog.hooks.words``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Server:
    """A server whose ``addresses`` were checked, to be asked until ``deadline``."""

    scheme: str
    host: str
    port: int
    path: str
    addresses: tuple[str, ...]
    deadline: float


def find_server(written: str) -> Server:
    """Check an address as a member wrote it. Raises FetchError."""
    url = _split(written)
    host, port = url.hostname or "", url.port or DEFAULT_PORTS[url.scheme]
    return Server(
        url.scheme,
        host,
        port,
        quote(url.path.rstrip("/"), safe="/%"),
        checked_addresses(host, port),
        time.monotonic() + FETCH_SECONDS,
    )


def checked_addresses(host: str, port: int) -> tuple[str, ...]:
    """What a name resolves to, where all of it may be talked to. Raises FetchError."""
    try:
        known = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError("address-unknown") from error
    addresses = [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in known]
    if not addresses:
        raise FetchError("address-unknown")
    if not all(_is_allowed(host, address) for address in addresses):
        raise FetchError("address-refused")
    return tuple(dict.fromkeys(map(str, addresses)))


def get_json(
    server: Server, path: str, query: Mapping[str, str | int], headers: Mapping[str, str]
) -> Any:
    """What the server answers, read from JSON. Raises FetchError."""
    target = f"{server.path}{path}" + (f"?{urlencode(query)}" if query else "")
    connection = _connection(server)
    try:
        connection.connect()
        with _cut_off_at(server.deadline, connection.sock):
            connection.request("GET", target, headers={"Accept": "application/json", **headers})
            with connection.getresponse() as answer:
                content = _read(answer)
    except (OSError, HTTPException) as error:
        raise FetchError("unreachable") from error
    finally:
        connection.close()
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise FetchError("not-understood") from error


def _split(written: str) -> SplitResult:
    written = written.strip()
    try:
        url = urlsplit(written)
        url.port  # noqa: B018 - raises for a port that is none
    except ValueError as error:
        raise FetchError("address-malformed") from error
    plain = len(written) <= LONGEST_ADDRESS and written.isprintable() and " " not in written
    if (
        not plain
        or url.scheme not in DEFAULT_PORTS
        or not url.hostname
        or url.port == 0
        or "@" in url.netloc
        or url.query
        or url.fragment
    ):
        raise FetchError("address-malformed")
    return url


def _is_allowed(host: str, address: Address) -> bool:
    """Public addresses are; others only where an administrator named them or their host."""
    plain = _carried(address)
    for allowed in settings.MATINEE_MEDIA_SERVERS:
        if allowed.casefold() == host.casefold():
            return True
        try:
            network = ipaddress.ip_network(allowed, strict=False)
        except ValueError:
            continue  # a host name
        if plain in network:
            return True
    if plain.is_multicast or plain.is_reserved or any(plain in one for one in SPECIAL):
        return False
    return plain.is_global


def _carried(address: Address) -> Address:
    """The address of IPv4 that one of IPv6 stands for, where it does."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if carried := address.ipv4_mapped or address.sixtofour:
        return carried
    if address.teredo:
        return address.teredo[1]
    if any(address in network for network in CARRIERS):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


class _CheckedConnection(HTTPConnection):
    """Connects to an address that was checked, whatever the name resolves to by now."""

    addresses: tuple[str, ...] = ()

    def connect(self) -> None:
        self.sock = connect(self.addresses, self.port)


class _CheckedTlsConnection(HTTPSConnection):
    """The same with TLS; the certificate is the name's, not the address's."""

    addresses: tuple[str, ...] = ()

    def connect(self) -> None:
        context = ssl.create_default_context()
        plain = connect(self.addresses, self.port)
        self.sock = context.wrap_socket(plain, server_hostname=self.host)


def connect(addresses: tuple[str, ...], port: int) -> socket.socket:
    """To the first of the addresses that answers. Raises OSError where none does."""
    refused = OSError("no address")
    for address in addresses:
        try:
            made = socket.create_connection((address, port), CONNECT_SECONDS)
        except OSError as error:
            refused = error
        else:
            made.settimeout(SILENT_SECONDS)
            return made
    raise refused


def _connection(server: Server) -> _CheckedConnection | _CheckedTlsConnection:
    made = _CheckedTlsConnection if server.scheme == "https" else _CheckedConnection
    connection = made(server.host, server.port)
    connection.addresses = server.addresses
    return connection


@contextlib.contextmanager
def _cut_off_at(deadline: float, connected: socket.socket) -> Iterator[None]:
    """End the connection then, also where a byte comes now and again."""

    def cut_off() -> None:
        with contextlib.suppress(OSError):
            connected.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, deadline - time.monotonic()), cut_off)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _read(answer: HTTPResponse) -> bytes:
    if 300 <= answer.status < 400:
        raise FetchError("redirected")
    if answer.status in (401, 403):
        raise FetchError("wrong-key")
    if answer.status != 200:
        raise FetchError("not-understood")
    content = bytearray()
    while block := answer.read1(BLOCK):
        content += block
        if len(content) > MOST_BYTES:
            raise FetchError("too-large")
    if answer.length:
        raise FetchError("unreachable")
    return bytes(content)

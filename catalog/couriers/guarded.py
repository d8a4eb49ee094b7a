"""Connections of libraries that know nothing of what is public: made to checked addresses alone."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from urllib3.util import connection as urllib3_connection

from catalog.hooks.fetch.outbound import FetchError, checked_addresses, connect


@contextmanager
def checked_connections() -> Iterator[None]:
    """Inside, what this thread asks by requests or urllib3 goes to addresses that were checked.

    Each name is resolved once, and the connection made to what it was then, so that a name which
    answers otherwise the second time gains nothing, nor a redirection. What is refused looks like
    a server that is not there. The operator's own proxy is trusted.
    """
    usual, ours = urllib3_connection.create_connection, threading.get_ident()
    proxies = {urlsplit(address).hostname for address in getproxies().values()}

    def connect_checked(
        address: tuple[str, int],
        timeout: Any = None,
        source_address: tuple[str, int] | None = None,
        socket_options: list[tuple[int, int, int | bytes]] | None = None,
    ) -> socket.socket:
        host, port = address
        if threading.get_ident() != ours or host in proxies:
            return usual(address, timeout, source_address, socket_options)
        try:
            made = connect(checked_addresses(host.strip("[]"), port), port)
        except FetchError as error:
            raise OSError(f"{host} may not be asked: {error.code}") from error
        for option in socket_options or ():
            made.setsockopt(*option)
        if isinstance(timeout, int | float):
            made.settimeout(timeout)
        return made

    urllib3_connection.create_connection = connect_checked
    try:
        yield
    finally:
        urllib3_connection.create_connection = usual

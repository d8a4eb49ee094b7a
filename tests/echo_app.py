"""A small site for tests of web servers: says how long the body was that it got."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

LARGE = b"x" * 300_000


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/large":
        body = LARGE
    elif environ["PATH_INFO"] == "/unread":
        body = b"not read"
    else:
        body = str(len(environ["wsgi.input"].read())).encode()
        time.sleep(0.005)
    head = [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))]
    start_response("200 OK", head)
    return [body]


async def asgi(scope: Any, receive: Any, send: Any) -> None:
    """The same for servers of ASGI, as Django does it: the body first, then a thread."""
    from asgiref.wsgi import WsgiToAsgi

    await WsgiToAsgi(application)(scope, receive, send)  # type: ignore[no-untyped-call]

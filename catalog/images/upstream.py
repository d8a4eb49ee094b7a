"""Fetching one picture from POSTER_BASE_URL, within bounds of time and size."""

import time
from functools import cache
from urllib.parse import quote

import urllib3
from django.conf import settings

MOST_BYTES = 5_000_000
CONNECT_SECONDS = 1.5
READ_SECONDS = 1.5  # for each piece
TOTAL_SECONDS = 3.0
PIECE = 1 << 16


class UpstreamError(Exception):
    """The picture did not come. ``is_passing`` where a later try may get it."""

    def __init__(self, reason: str, *, is_passing: bool) -> None:
        super().__init__(reason)
        self.is_passing = is_passing


@cache
def _pool() -> urllib3.PoolManager:
    """Made in the process that uses it, not in the one that it was forked from."""
    return urllib3.PoolManager(num_pools=2, maxsize=2, block=False)


def fetch(path: str) -> bytes:
    """The bytes at ``path``, whatever they are. Redirects are not followed.

    Raises
    ------
    UpstreamError
        When they do not come whole, in time, from that very address.
    """
    deadline = time.monotonic() + TOTAL_SECONDS
    address = f"{settings.POSTER_BASE_URL.rstrip('/')}{quote(path)}"
    try:
        answer = _pool().request(
            "GET",
            address,
            headers={"Accept": "image/webp,image/png,image/jpeg", "Accept-Encoding": "identity"},
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
            retries=False,
            redirect=False,
            preload_content=False,
            decode_content=False,
        )
    except urllib3.exceptions.HTTPError as error:
        raise UpstreamError(f"no answer: {error}", is_passing=True) from error
    whole = False
    try:
        _look_at_head(answer)
        content = _read(answer, deadline)
        whole = True
    except urllib3.exceptions.HTTPError as error:
        raise UpstreamError(f"cut short: {error}", is_passing=True) from error
    finally:
        if whole:
            answer.release_conn()
        else:
            answer.close()
    return content


def _look_at_head(answer: urllib3.BaseHTTPResponse) -> None:
    if answer.status != 200:
        passing = answer.status == 429 or answer.status >= 500
        raise UpstreamError(f"status {answer.status}", is_passing=passing)
    kind = answer.headers.get("Content-Type", "")
    if kind and not kind.startswith(("image/", "application/octet-stream")):
        raise UpstreamError(f"content of type {kind}", is_passing=False)
    length = answer.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > MOST_BYTES:
        raise UpstreamError(f"{length} bytes are too many", is_passing=False)


def _read(answer: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
    pieces = bytearray()
    while piece := answer.read1(PIECE):
        pieces += piece
        if len(pieces) > MOST_BYTES:
            raise UpstreamError("too many bytes", is_passing=False)
        if time.monotonic() > deadline:
            raise UpstreamError("too slow", is_passing=True)
    return bytes(pieces)

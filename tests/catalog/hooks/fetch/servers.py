"""Small HTTP servers in the place of Jellyfin, Plex, and of whoever means ill."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

# From path and query to status and what is answered as JSON; bytes are sent as they are.
Answer = Callable[["Request"], tuple[int, object]]


class Request:
    def __init__(self, handler: BaseHTTPRequestHandler) -> None:
        url = urlsplit(handler.path)
        self.path, self.query = url.path, dict(parse_qsl(url.query))
        self.headers, self.handler = handler.headers, handler


class StandIn(ThreadingHTTPServer):
    """Remembers what it was asked, in ``asked``."""

    daemon_threads = True
    answer: Answer
    asked: list[Request]

    def handle_error(self, request: object, client_address: object) -> None:
        """Who asked has hung up, as it should."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server: Any = self.server
        request = Request(self)
        server.asked.append(request)
        status, content = server.answer(request)
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", body.decode())
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""


@contextmanager
def serve(answer: Answer, host: str = "127.0.0.1") -> Iterator[StandIn]:
    server = StandIn((host, 0), Handler)
    server.answer, server.asked = answer, []
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


KEY = "a-key-that-nobody-keeps"


def jellyfin(films: list[dict[str, Any]]) -> Answer:
    """Two users, of whom Ada has watched these films."""

    def answer(request: Request) -> tuple[int, object]:
        if f'Token="{KEY}"' not in request.headers.get("Authorization", ""):
            return 401, b""
        if request.path == "/Users":
            return 200, [{"Name": "bob", "Id": "b0b"}, {"Name": "Ada", "Id": "ada1"}]
        if request.path == "/Users/Me":
            return 200, {"Name": "Ada", "Id": "ada1"}
        if request.path == "/Items" and request.query["userId"] == "ada1":
            assert request.query["Filters"] == "IsPlayed"
            assert request.query["IncludeItemTypes"] == "Movie"
            start, limit = int(request.query["StartIndex"]), int(request.query["Limit"])
            return 200, {"Items": films[start : start + limit], "TotalRecordCount": len(films)}
        return 404, b""

    return answer


def jellyfin_film(title: str, **changes: Any) -> dict[str, Any]:
    return {
        "Name": title,
        "ServerId": "4c5a8a3f6f0e4a0f8d1b9f7d2f6c1e55",
        "Id": "a1b2c3d4e5f647118899aabbccddeeff",
        "HasSubtitles": True,
        "ProductionYear": 1999,
        "ProviderIds": {"Tmdb": "603", "Imdb": "tt0133093"},
        "Type": "Movie",
        "UserData": {
            "PlaybackPositionTicks": 0,
            "PlayCount": 1,
            "IsFavorite": False,
            "LastPlayedDate": "2026-11-20T20:00:00.0000000Z",
            "Played": True,
            "Key": "603",
        },
        **changes,
    }


def plex(films: list[dict[str, Any]]) -> Answer:
    def answer(request: Request) -> tuple[int, object]:
        if request.headers.get("X-Plex-Token") != KEY:
            return 401, b""
        assert request.headers["Accept"] == "application/json"
        if request.path == "/identity":
            return 200, {"MediaContainer": {"machineIdentifier": "54664a3d8acc39983675640ec9ce"}}
        if request.path == "/library/sections":
            sections = [{"key": "2", "type": "show"}, {"key": "1", "type": "movie"}]
            return 200, {"MediaContainer": {"size": 2, "Directory": sections}}
        if request.path == "/library/sections/1/all":
            assert request.query["type"] == "1"
            assert request.query["includeGuids"] == "1"
            start = int(request.query["X-Plex-Container-Start"])
            size = int(request.query["X-Plex-Container-Size"])
            return 200, {"MediaContainer": {"Metadata": films[start : start + size]}}
        return 404, b""

    return answer


def plex_film(title: str, **changes: Any) -> dict[str, Any]:
    return {
        "ratingKey": "1936544",
        "type": "movie",
        "title": title,
        "year": 1999,
        "viewCount": 1,
        "lastViewedAt": 1795819263,  # 2026-11-27 22:41:03 in UTC
        "Guid": [{"id": "imdb://tt0133093"}, {"id": "tmdb://603"}],
        **changes,
    }

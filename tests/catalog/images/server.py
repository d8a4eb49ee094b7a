"""A server of pictures as TMDB's is, and of all that may come instead."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

from PIL import Image

SLOW_SECONDS = 6.0


def picture(width: int = 500, height: int = 750, kind: str = "JPEG", mode: str = "RGB") -> bytes:
    target = BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert(mode).save(target, kind)
    return target.getvalue()


def bomb() -> bytes:
    """A PNG of a few kilobytes that would unpack to a hundred million pixels."""
    target = BytesIO()
    Image.new("1", (10_000, 10_000)).save(target, "PNG")
    return target.getvalue()


class ImageServer(ThreadingHTTPServer):
    """Answers by the path's name; ``asked`` counts requests, ``address`` is its own."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: Counter[str] = Counter()
        self.at_once = self.most_at_once = 0
        self.delay = 0.0
        self.elsewhere = ""
        self.lock = threading.Lock()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/t/p/w342"


@contextmanager
def running_server() -> Iterator[ImageServer]:
    server = ImageServer()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: ImageServer

    def do_GET(self) -> None:
        name = self.path.removeprefix("/t/p/w342/")
        with self.server.lock:
            self.server.asked[name] += 1
            self.server.at_once += 1
            self.server.most_at_once = max(self.server.most_at_once, self.server.at_once)
        try:
            time.sleep(self.server.delay)
            self._answer(name)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # who asked has gone, as it should
        finally:
            with self.server.lock:
                self.server.at_once -= 1

    def _answer(self, name: str) -> None:
        kind = name.split(".")[0]
        if kind == "missing":
            self.send_error(404)
        elif kind == "error":
            self.send_error(503)
        elif kind == "away":
            self.send_response(302)
            self.send_header("Location", self.server.elsewhere)
            self.end_headers()
        elif kind == "slow":
            time.sleep(SLOW_SECONDS)
            self._send(picture())
        elif kind == "drip":
            self._drip(picture())
        elif kind == "huge":
            self._send(picture(), length=80_000_000)
        elif kind == "endless":
            self._endless()
        elif kind == "page":
            self._send(b"<html><script>alert(1)</script></html>", content_type="text/html")
        elif kind == "disguised":
            self._send(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")
        elif kind == "cut":
            self._send(picture()[:300])
        elif kind == "bomb":
            self._send(bomb())
        elif kind == "clear":
            self._send(picture(kind="PNG", mode="LA"), content_type="image/png")
        elif kind == "small":
            self._send(picture(60, 90))
        else:
            self._send(picture())

    def _send(
        self, content: bytes, *, content_type: str = "image/jpeg", length: int | None = None
    ) -> None:
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(length or len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _drip(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "image/jpeg")
        self.end_headers()
        for place in range(0, len(content), 100):
            self.wfile.write(content[place : place + 100])
            self.wfile.flush()
            time.sleep(0.3)

    def _endless(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "image/jpeg")
        self.end_headers()
        while True:
            self.wfile.write(b"\xff" * 65_536)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""

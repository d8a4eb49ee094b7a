"""What a Sentry is told, by a stand-in that listens to its protocol."""

import gzip
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

SECRET = "Zm9vYmFyLXNlY3JldA"
FAILS = f"""
import sys
sys.modules["brotli"] = None  # only the packages of the tests bring it
import sentry_sdk
from moviesite.error_reports import report_errors_to
report_errors_to("http://public@127.0.0.1:%d/1")
sentry_sdk.set_user({{"id": "4711"}})
password = "hunter-two"
try:
    raise ValueError("no answer from https://tmdb.example/?api_key={SECRET}")
except ValueError:
    sentry_sdk.capture_exception()
sentry_sdk.flush(20)
"""


@pytest.fixture
def sentry() -> Iterator[tuple[int, list[str]]]:
    told: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            packed = self.headers.get("Content-Encoding") == "gzip"
            told.append((gzip.decompress(body) if packed else body).decode())
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *args: object) -> None:
            """Not into the output of the tests."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port, told
        server.shutdown()


def test_an_error_is_told_without_secrets_and_without_the_member(
    sentry: tuple[int, list[str]],
) -> None:
    port, told = sentry
    subprocess.run([sys.executable, "-c", FAILS % port], check=True)
    text = "\n".join(told)
    assert "ValueError" in text
    assert "api_key=…" in text or "api_key=\\u2026" in text
    for secret in (SECRET, "4711", "hunter-two"):
        assert secret not in text

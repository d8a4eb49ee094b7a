"""A real Prometheus reads the site's page, by the lines of docs/operating.md, and judges by it."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.deployment.test_metrics import (
    DEPLOY,
    TOKEN,
    alerts,
    artifacts,
    dashboard,
    fresh_process,
    page,
    plain_static,
)
from tests.docs.pages import ROOT, snippets

from .web_servers import free_port, program, running

__all__ = ["artifacts", "fresh_process", "page", "plain_static"]

RULES = DEPLOY / "prometheus" / "alerts.yml"
SECONDS = 60
# Nothing of the kind has happened: a quotient of two rates of nought is no number, and says so.
ONLY_WHERE_SOMETHING_FAILED = 'status=~"5..'


class Prometheus:
    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}/api/v1"

    def ask(self, path: str, **query: str) -> Any:
        answer = requests.get(f"{self.address}/{path}", query, timeout=30).json()
        assert answer["status"] == "success", (query, answer)
        return answer["data"]

    def states(self) -> dict[str, str]:
        """Of each alert: ``inactive``, ``pending`` or ``firing``; else why it is not evaluated."""
        groups = self.ask("rules")["groups"]
        return {
            rule["name"]: rule["state"] if rule["health"] == "ok" else rule.get("lastError", "")
            for group in groups
            for rule in group["rules"]
        }

    def numbers(self, query: str) -> int:
        return len(self.ask("query", query=query)["result"])


@pytest.fixture
def site(page: str) -> Iterator[int]:
    """Shows the page to who has the token; where it listens."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.path == "/metrics" and self.headers["Authorization"] == f"Bearer {TOKEN}"
            self.send_response(200 if known else 404)
            self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode() if known else b"")

        def log_message(self, *_: object) -> None:
            """Not into the output of the tests."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture
def prometheus(site: int, tmp_path: Path) -> Iterator[Prometheus]:
    binary, port = program("prometheus"), free_port()
    printed = snippets(ROOT / "docs" / "operating.md", "text")
    [scrape] = [one.text for one in printed if "scrape_configs" in one.text]
    for before, after in (
        ("/etc/prometheus/matinee-token", str(tmp_path / "token")),
        ("scheme: https", "scheme: http"),
        ("films.example", f"127.0.0.1:{site}"),
    ):
        assert before in scrape
        scrape = scrape.replace(before, after)
    (tmp_path / "token").write_text(TOKEN)
    every = "global: {scrape_interval: 1s, evaluation_interval: 1s}\n"
    (tmp_path / "prometheus.yml").write_text(f"{every}rule_files: [{RULES}]\n{scrape}")
    checked = subprocess.run(
        [Path(binary).parent / "promtool", "check", "config", "prometheus.yml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    listen = f"--web.listen-address=127.0.0.1:{port}"
    command = [binary, "--config.file=prometheus.yml", "--storage.tsdb.path=data", listen]
    with running(command, port, cwd=tmp_path, stderr=subprocess.DEVNULL):
        yield Prometheus(port)


def test_it_reads_the_page_judges_by_each_rule_and_draws_each_panel(
    prometheus: Prometheus,
) -> None:
    wanted = {
        "MatineeDown": "inactive",
        "MatineeCannotServe": "inactive",
        "MatineePartMissing": "pending",  # no worker runs beside this test
        "MatineeTrainingWaits": "firing",  # one has, for a day
        "MatineeBackupOld": "inactive",
    }
    queries = [one for one in dashboard() if ONLY_WHERE_SOMETHING_FAILED not in one]
    deadline = time.monotonic() + SECONDS
    while True:
        states = prometheus.states()
        empty = [query for query in queries if not prometheus.numbers(query)]
        if states | wanted == states and not empty:
            break
        assert time.monotonic() < deadline, (states, empty)
        time.sleep(0.5)
    assert len(states) == len(alerts())
    assert set(states.values()) <= {"inactive", "pending", "firing"}, states

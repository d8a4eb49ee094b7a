"""What a collector of OpenTelemetry is told, by a stand-in that listens to its protocol."""

import gzip
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import requests
from django.db import connection
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from moviesite.accounts.models import User
from moviesite.accounts.tokens import create_token
from tests.browser.celery_worker import celery_worker
from tests.deployment.web_servers import free_port, running
from tests.faults.site_pages import write_manifest

ROOT = Path(__file__).resolve().parents[2]

SECRET = "Zm9vYmFyLXNlY3JldA"


@pytest.fixture
def collector() -> Iterator[tuple[int, list[Span]]]:
    spans: list[Span] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            packed = self.headers.get("Content-Encoding") == "gzip"
            told = ExportTraceServiceRequest.FromString(gzip.decompress(body) if packed else body)
            for resource in told.resource_spans:
                for scope in resource.scope_spans:
                    spans.extend(scope.spans)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Not into the output of the tests."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port, spans
        server.shutdown()


@pytest.fixture
def site(collector: tuple[int, list[Span]], db_name: str, tmp_path: Path) -> Iterator[str]:
    """A real web process and a real worker on the tests' database, told of the collector."""
    port = free_port()
    traced = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector[0]}",
        "OTEL_BSP_SCHEDULE_DELAY": "200",
    }
    environment = {
        **os.environ,
        **traced,
        "DATABASE_URL": f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{db_name}",
        "MATINEE_STATIC": str(write_manifest(tmp_path / "static")),
        "MATINEE_VAR": str(tmp_path),
        "WEB_CONCURRENCY": "1",
    }
    web = [f"{Path(sys.executable).parent}/gunicorn", "--config", "python:moviesite.gunicorn_conf"]
    with (
        running([*web, "--bind", f"127.0.0.1:{port}"], port, cwd=ROOT, env=environment),
        celery_worker(tmp_path / "worker.log", pool="prefork", MATINEE_VAR=str(tmp_path), **traced),
    ):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def db_name(transactional_db: None) -> str:
    return str(connection.settings_dict["NAME"])


def eventually(spans: list[Span], found: Callable[[Span], bool]) -> Span:
    deadline = time.monotonic() + 60
    while True:
        if wanted := next((span for span in list(spans) if found(span)), None):
            return wanted
        assert time.monotonic() < deadline, [span.name for span in spans]
        time.sleep(0.2)


def test_a_request_its_statements_and_its_task_are_one_trace_without_secrets(
    collector: tuple[int, list[Span]], site: str
) -> None:
    spans = collector[1]
    ida = User.objects.create_user("ida", "ida@films.example")
    bearer = {"Authorization": f"Bearer {create_token(ida, 'script')[1]}"}
    for path in (f"/hooks/{SECRET}", "/health/live", "/api/v1/movies"):
        requests.get(f"{site}{path}", timeout=60)
    film = {"file": ("ratings.csv", "Name,Year,Rating\nHeat,1995,4\n")}
    sent = requests.post(f"{site}/api/v1/me/imports", files=film, headers=bearer, timeout=60)
    assert sent.status_code == 202, sent.text

    asked = eventually(spans, lambda span: span.name.startswith("POST"))
    task = eventually(
        spans, lambda span: span.name.startswith("run/") and span.trace_id == asked.trace_id
    )
    for parent in (asked, task):
        key = parent.span_id
        statement = eventually(spans, lambda span, key=key: span.parent_span_id == key)  # type: ignore[misc]
        assert statement.trace_id == asked.trace_id
    inside = {span.name.partition(" ")[0] for span in spans if span.trace_id == asked.trace_id}
    assert inside & {"SELECT", "INSERT", "UPDATE"}, inside
    names = [span.name for span in spans]
    assert any("hooks/" in name for name in names), names
    assert not any("health" in name for name in names), names
    assert SECRET not in "\n".join(str(span) for span in spans)


def test_without_a_collector_nothing_of_it_is_imported() -> None:
    code = (
        "import sys; from moviesite.traces import start_tracing;"
        "assert not start_tracing('x'); assert 'opentelemetry' not in sys.modules"
    )
    environment = {key: value for key, value in os.environ.items() if "OTEL" not in key}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)

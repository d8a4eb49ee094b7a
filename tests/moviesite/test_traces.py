"""What a collector of OpenTelemetry is told, by a stand-in that listens to its protocol."""

import gzip
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.faults.site_pages import write_manifest

SECRET = "Zm9vYmFyLXNlY3JldA"
ASKS = f"""
from moviesite.traces import start_tracing
assert start_tracing("matinee-web")
from django.core.wsgi import get_wsgi_application
from opentelemetry import trace
from django.test import Client
import moviesite.celery
get_wsgi_application()
client = Client(raise_request_exception=False)
client.get("/hooks/{SECRET}")
client.get("/api/v1/movies")
client.get("/health/live")
trace.get_tracer_provider().shutdown()
"""


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


def test_requests_and_their_statements_are_told_without_secrets(
    collector: tuple[int, list[Span]], tmp_path: Path
) -> None:
    port, spans = collector
    environment = {
        **os.environ,
        "MATINEE_STATIC": str(write_manifest(tmp_path / "static")),
        "DJANGO_SETTINGS_MODULE": "moviesite.settings",
        "ALLOWED_HOSTS": "testserver",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}",
    }
    subprocess.run([sys.executable, "-c", ASKS], check=True, env=environment)
    names = [span.name for span in spans]
    assert any("hooks/" in name for name in names), names
    assert any(name.startswith("SELECT") for name in names), names
    assert not any("health" in name for name in names), names
    asked = next(span for span in spans if "api/v1/movies" in span.name)
    assert any(span.parent_span_id == asked.span_id for span in spans)
    assert SECRET not in "\n".join(str(span) for span in spans)


def test_without_a_collector_nothing_of_it_is_imported() -> None:
    code = (
        "import sys; from moviesite.traces import start_tracing;"
        "assert not start_tracing('x'); assert 'opentelemetry' not in sys.modules"
    )
    environment = {key: value for key, value in os.environ.items() if "OTEL" not in key}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)

"""Traces through web, tasks and SQL for a collector of OpenTelemetry, where one is named.

The collector is named by OpenTelemetry's own variables; without OTEL_EXPORTER_OTLP_ENDPOINT nothing
of it is imported.
"""

from __future__ import annotations

import os
from typing import Any

from moviesite.logs.secrets import without_secrets

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
# Asked every few seconds by machines, which would be most of what is seen.
UNTRACED = "health/,metrics,images/"


def start_tracing(service: str) -> bool:
    """Trace this process under the name of a service; False where no collector is named.

    Called before the application is made, since requests are traced by a middleware.
    """
    if not any(os.environ.get(name) for name in ENDPOINTS):
        return False
    os.environ.setdefault("OTEL_SERVICE_NAME", service)
    os.environ.setdefault("OTEL_PYTHON_DJANGO_EXCLUDED_URLS", UNTRACED)
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.instrumentation.celery import CeleryInstrumentor
    from opentelemetry.instrumentation.django import DjangoInstrumentor
    from opentelemetry.instrumentation.psycopg2 import Psycopg2Instrumentor
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    DjangoInstrumentor().instrument(response_hook=_redact)
    # The driver comes under another name than the one that it looks for.
    Psycopg2Instrumentor().instrument(skip_dep_check=True)
    CeleryInstrumentor().instrument()
    return True


def _redact(span: Any, _request: Any, _response: Any) -> None:
    """Addresses hold the tokens of media servers and of links in mails."""
    for name, value in dict(getattr(span, "attributes", None) or {}).items():
        if isinstance(value, str) and without_secrets(value) != value:
            span.set_attribute(name, without_secrets(value))

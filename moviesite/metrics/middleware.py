"""Counts and times requests by route, which is bounded, never by address, which is not."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class MetricsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.MATINEE_METRICS_TOKEN:
            raise MiddlewareNotUsed
        from moviesite.metrics import instruments

        instruments.observe_recommending()
        self.get_response = get_response
        self.instruments = instruments

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        answer = self.get_response(request)
        took = time.perf_counter() - began
        match = request.resolver_match
        route = f"/{match.route}" if match else "none"
        method = request.method if request.method in METHODS else "other"
        self.instruments.REQUESTS.labels(method, route, str(answer.status_code)).inc()
        self.instruments.REQUEST_SECONDS.labels(route).observe(took)
        return answer

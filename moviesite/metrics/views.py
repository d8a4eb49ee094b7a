"""The page that Prometheus reads."""

from __future__ import annotations

import os

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

PREFIX = "Bearer "


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Nothing is there for who has not the token, nor where none is set."""
    token: str = settings.MATINEE_METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    if not token or not constant_time_compare(given, PREFIX + token):
        raise Http404
    from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    from moviesite.metrics.site_state import SiteState

    state = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(state)
        counted = b""
    else:
        counted = generate_latest(REGISTRY)
    state.register(SiteState())
    return HttpResponse(counted + generate_latest(state), content_type=CONTENT_TYPE_LATEST)

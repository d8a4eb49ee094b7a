"""Whether this process lives, whether it can serve, and the same in words for administrators."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from moviesite.health.report import UNAVAILABLE, looks
from recommender import kinds
from recommender.learning.interfaces import Scorer
from recommender.serving.live_versions import live_versions
from recommender.versions.load import LoadedVersion


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """503 when pages cannot be served; a missing model or worker is none, since pages answer."""
    report = looks.current()
    models: dict[str, Any] = dict.fromkeys(kinds.names())
    if report.words["migrations"] == "ok" and report.words["database"] != "unreachable":
        models.update(
            {kind: _described(version) for kind, version in live_versions.current().items()}
        )
    return JsonResponse(
        {"status": report.status, "checks": report.words, "models": models},
        status=503 if report.status == UNAVAILABLE else 200,
    )


def _described(version: LoadedVersion[Scorer] | None) -> dict[str, Any] | None:
    if version is None:
        return None
    return {
        "version": version.label,
        "trained_at": version.trained_at,
        "watermark": version.watermark,
        "items": len(version.movie_ids) - 1,
    }

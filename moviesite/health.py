"""Health checks: whether this process lives, and whether it can serve."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from recommender import kinds
from recommender.learning.interfaces import Scorer
from recommender.serving.live_versions import live_versions
from recommender.versions.load import LoadedVersion

_migrated = False


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """503 when a page could not be served; a missing model is no reason, since pages answer."""
    checks = {"database": _database(), "migrations": "unknown", "cache": _cache()}
    models: dict[str, Any] = dict.fromkeys(kinds.names())
    if checks["database"] == "ok":
        checks["migrations"] = _migrations()
    if checks["migrations"] == "ok":
        models.update(
            {kind: _described(version) for kind, version in live_versions.current().items()}
        )
    healthy = all(state == "ok" for state in checks.values())
    return JsonResponse(
        {"status": "ok" if healthy else "unavailable", "checks": checks, "models": models},
        status=200 if healthy else 503,
    )


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "unreachable"
    return "ok"


def _cache() -> str:
    try:
        cache.get("health")
    except RedisError:
        return "unreachable"
    return "ok"


def _migrations() -> str:
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return "ok" if _migrated else "pending"


def _described(version: LoadedVersion[Scorer] | None) -> dict[str, Any] | None:
    if version is None:
        return None
    return {
        "version": version.label,
        "trained_at": version.trained_at,
        "watermark": version.watermark,
        "items": len(version.movie_ids) - 1,
    }

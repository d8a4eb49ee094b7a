"""What the database, the broker and the disks say when the page is asked for."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import datetime

import redis
import structlog
from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.db.models import Count, Max, Sum
from django.utils import timezone
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from catalog.images.store import TOTAL_KEY
from catalog.models import Movie
from moviesite.backup.errors import BackupError
from moviesite.health import backups
from moviesite.health.checks import OK
from moviesite.health.models import Heartbeat
from moviesite.health.report import looks
from recommender.models import ModelVersion, RunStatus, TrainingRun, VersionStatus

log = structlog.get_logger(__name__)

QUEUES = ("default", "training")
BROKER_SECONDS = 0.5

Part = Callable[[], Iterator[Metric]]


class SiteState(Collector):
    """Each part by itself: what cannot be asked is missing, and told in ``matinee_part_up``."""

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily(
            "matinee_part_up", "Whether this part could be asked.", labels=["part"]
        )
        for part in PARTS:
            try:
                found = list(part())
            except (DatabaseError, redis.RedisError, OSError) as error:
                log.warning("metrics_missing", part=part.__name__, error=repr(error))
                up.add_metric([part.__name__], 0)
            else:
                up.add_metric([part.__name__], 1)
                yield from found
        yield up


def health() -> Iterator[Metric]:
    checks = GaugeMetricFamily(
        "matinee_check", "1 where a check of /health/ready is ok.", labels=["check", "word"]
    )
    report = looks.current()
    for name, word in report.words.items():
        checks.add_metric([name, word], word == OK)
    yield checks
    ages = GaugeMetricFamily(
        "matinee_heartbeat_age_seconds", "Since beat or a worker was last alive.", labels=["name"]
    )
    for beat in Heartbeat.objects.exclude(name__startswith="backup:"):
        ages.add_metric([beat.name], _since(beat.at))
    yield ages


def ratings() -> Iterator[Metric]:
    found = Movie.objects.aggregate(films=Count("pk"), ratings=Sum("rating_count"))
    yield GaugeMetricFamily("matinee_films", "Films in the catalog.", found["films"])
    yield GaugeMetricFamily("matinee_ratings", "Ratings, imported ones too.", found["ratings"] or 0)


def trainings() -> Iterator[Metric]:
    runs = GaugeMetricFamily(
        "matinee_training_runs", "Runs by what became of them.", labels=["kind", "status"]
    )
    for row in TrainingRun.objects.order_by().values("kind", "status").annotate(n=Count("pk")):
        runs.add_metric([row["kind"], row["status"]], row["n"])
    yield runs
    succeeded = GaugeMetricFamily(
        "matinee_training_success_age_seconds", "Since a run last succeeded.", labels=["kind"]
    )
    done = TrainingRun.objects.filter(status=RunStatus.SUCCEEDED).order_by()
    for kind, at in done.values_list("kind").annotate(Max("finished_at")):
        succeeded.add_metric([kind], _since(at))
    yield succeeded
    waiting = GaugeMetricFamily(
        "matinee_training_waiting_seconds", "How long the oldest run waits.", labels=["kind"]
    )
    for run in TrainingRun.objects.filter(status=RunStatus.QUEUED).order_by("-requested_at"):
        waiting.add_metric([run.kind], _since(run.requested_at))
    yield waiting


def versions() -> Iterator[Metric]:
    age = GaugeMetricFamily(
        "matinee_live_version_age_seconds", "Since the live version was trained.", labels=["kind"]
    )
    quality = GaugeMetricFamily(
        "matinee_live_version_quality",
        "What the gate measured of the live version.",
        labels=["kind", "measure"],
    )
    for version in ModelVersion.objects.filter(status=VersionStatus.LIVE):
        age.add_metric([version.kind], _since(version.trained_at))
        for name, value in version.metrics.items():
            if isinstance(value, int | float):
                quality.add_metric([version.kind, name], float(value))
    yield from (age, quality)


def queues() -> Iterator[Metric]:
    depth = GaugeMetricFamily("matinee_queue_messages", "Messages that wait.", labels=["queue"])
    oldest = GaugeMetricFamily(
        "matinee_queue_age_seconds", "How long the oldest message waits.", labels=["queue"]
    )
    with _client(settings.CELERY_BROKER_URL) as client:
        for queue in QUEUES:
            depth.add_metric([queue], int(client.llen(queue)))
            oldest.add_metric([queue], _age_of(client.lindex(queue, -1)))
    yield from (depth, oldest)


def cache() -> Iterator[Metric]:
    with _client(settings.REDIS_CACHE["LOCATION"]) as client:
        said = client.info()
    for name, text in (("hits", "Keys found"), ("misses", "Keys not found")):
        yield CounterMetricFamily(f"matinee_cache_{name}", f"{text}.", said[f"keyspace_{name}"])
    yield GaugeMetricFamily("matinee_cache_bytes", "Memory of the cache.", said["used_memory"])


def database() -> Iterator[Metric]:
    used = GaugeMetricFamily(
        "matinee_database_connections", "Connections to the database.", labels=["state"]
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(state, 'none'), count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() GROUP BY 1"
        )
        for state, count in cursor.fetchall():
            used.add_metric([state], count)
        cursor.execute(
            "SELECT current_setting('max_connections')::int, pg_database_size(current_database())"
        )
        most, size = cursor.fetchone()
    yield used
    yield GaugeMetricFamily("matinee_database_connections_max", "As many are allowed.", most)
    yield GaugeMetricFamily("matinee_database_bytes", "Size of the database.", size)


def disks() -> Iterator[Metric]:
    disk = shutil.disk_usage(settings.VAR_DIR)
    yield GaugeMetricFamily("matinee_disk_free_bytes", "Free where MATINEE_VAR is.", disk.free)
    yield GaugeMetricFamily("matinee_disk_bytes", "Size of that disk.", disk.total)
    kept = caches["default"].get(TOTAL_KEY, 0)
    yield GaugeMetricFamily("matinee_image_cache_bytes", "Pictures kept.", kept)
    most = settings.IMAGE_CACHE_BYTES
    yield GaugeMetricFamily("matinee_image_cache_max_bytes", "What pictures may take.", most)
    try:
        age = backups.known_age()
    except BackupError:
        age = None  # which `health` tells
    if age is not None:
        seconds = age.total_seconds()
        yield GaugeMetricFamily("matinee_backup_age_seconds", "Of the newest back-up.", seconds)


PARTS: tuple[Part, ...] = (
    health,
    ratings,
    trainings,
    versions,
    queues,
    cache,
    database,
    disks,
)


def _since(at: datetime) -> float:
    return (timezone.now() - at).total_seconds()


def _age_of(message: bytes | None) -> float:
    """By what `moviesite.celery` writes into each message that is sent."""
    if message is None:
        return 0.0
    try:
        sent_at = float(json.loads(message)["headers"]["matinee_sent_at"])
    except (ValueError, KeyError, TypeError):
        return 0.0
    return max(0.0, time.time() - sent_at)


def _client(url: str) -> redis.Redis:
    """Celery's own form of a socket's address is read, too."""
    if url.startswith("redis+socket://"):
        path, _, database = url.removeprefix("redis+socket://").partition("?virtual_host=")
        url = f"unix://{path}?db={database or 0}"
    return redis.Redis.from_url(
        url, socket_timeout=BROKER_SECONDS, socket_connect_timeout=BROKER_SECONDS
    )

"""PostgreSQL, Redis or Valkey, workers and schedule: whether they answer, and are new enough."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from celery.exceptions import CeleryError
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.connection import Connection
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from moviesite.celery import app
from moviesite.health import heartbeats
from moviesite.health.models import Heartbeat

from .diagnosis import Findings, hint, ok, wrong

OLDEST_POSTGRES = 16
OLDEST_REDIS = (6, 2)
QUEUES = ("default", "training")
BEAT_MAY_BE_LATE = timedelta(minutes=5)
MOST_APART = timedelta(seconds=30)
OUT_OF_REACH = (CeleryError, KombuError, RedisError, OSError)


def database() -> Findings:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0]
            cursor.execute("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'")
            similar = cursor.fetchone()[0]
            cursor.execute("SHOW server_encoding")
            encoding = cursor.fetchone()[0]
            cursor.execute("SELECT clock_timestamp()")
            clock = cursor.fetchone()[0]
    except DatabaseError as error:
        yield wrong(
            "PostgreSQL",
            _("It does not answer: ") + str(error).strip().partition("\n")[0],
            _("Start it, and look at DATABASE_URL and DATABASE_PASSWORD."),
        )
        return
    told = {"version": version}
    if int(version.partition(".")[0]) < OLDEST_POSTGRES:
        yield wrong(
            "PostgreSQL",
            _("Version %(version)s is too old.") % told,
            _("Install PostgreSQL 16 or newer."),
        )
    elif encoding != "UTF8":
        yield wrong(
            "PostgreSQL",
            _("Its encoding is %(encoding)s: letters beyond English ones are not kept as such.")
            % {"encoding": encoding},
            _("Back up, make the database anew with createdb --encoding UTF8, and restore."),
        )
    elif not similar:
        yield hint(
            "PostgreSQL",
            _("Version %(version)s, without pg_trgm: misspelt titles are not found.") % told,
            _("Install the extensions of PostgreSQL (contrib), then CREATE EXTENSION pg_trgm."),
        )
    else:
        yield ok("PostgreSQL", _("Version %(version)s.") % told)
    yield from _time(clock)


def _time(clock: Any) -> Findings:
    subject, apart = _("Time"), abs(timezone.now() - clock)
    told = {"seconds": round(apart.total_seconds()), "zone": settings.TIME_ZONE}
    if apart > MOST_APART:
        yield wrong(
            subject,
            _("This machine and PostgreSQL are %(seconds)s s apart.") % told,
            _("Let both take the time from the network: codes and links depend on it."),
        )
    else:
        yield ok(subject, _("As PostgreSQL's; pages show %(zone)s.") % told)


def migrations() -> Findings:
    subject = _("Migrations")
    try:
        executor = MigrationExecutor(connection)
    except DatabaseError:
        return  # which has been told
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        yield wrong(
            subject,
            _("%(count)s have not been applied, the first of them %(name)s.")
            % {"count": len(waiting), "name": waiting[0][0]},
            "manage.py migrate",
        )
    else:
        yield ok(subject, _("All are applied."))


@contextmanager
def _broker() -> Iterator[Connection]:
    """Celery's own way to it, tried once."""
    with app.connection_for_read(url=settings.CELERY_BROKER_URL, connect_timeout=5) as made:
        made.connect()
        yield made


def broker() -> Findings:
    subject = "Redis / Valkey"
    try:
        with _broker() as connection:
            told: dict[str, Any] = connection.channel().client.info()  # type: ignore[no-untyped-call]
        cache.set("doctor", 1, 10)
    except OUT_OF_REACH as error:
        yield wrong(
            subject,
            _("It does not answer: ") + str(error),
            _("Start it, and look at REDIS_URL and CACHE_URL."),
        )
        return
    version = str(told.get("valkey_version") or told["redis_version"])
    policy = told.get("maxmemory_policy", "noeviction")
    if tuple(map(int, version.split(".")[:2])) < OLDEST_REDIS:
        yield wrong(
            subject,
            _("Version %(version)s is too old.") % {"version": version},
            _("Install Redis 6.2 or Valkey 7.2, or newer."),
        )
    elif policy != "noeviction":
        yield hint(
            subject,
            _("When it is full it drops messages to workers, too: its policy is %(policy)s.")
            % {"policy": policy},
            _("Set maxmemory-policy noeviction, and give the cache a server of its own."),
        )
    else:
        yield ok(subject, _("Version %(version)s.") % {"version": version})


def workers() -> Findings:
    try:
        with _broker() as connection:
            told = app.control.inspect(timeout=2, connection=connection).active_queues() or {}
    except OUT_OF_REACH as error:
        yield wrong(
            _("Workers"), _("They cannot be asked: ") + str(error), _("See Redis / Valkey.")
        )
        return
    for queue in QUEUES:
        subject = _("Workers: queue %(queue)s") % {"queue": queue}
        names = sorted(
            name for name, queues in told.items() if queue in {one["name"] for one in queues}
        )
        if names:
            yield ok(subject, ", ".join(names))
        else:
            yield wrong(
                subject,
                _("No worker answers."),
                f"celery -A moviesite worker -Q {queue} -n {queue}@%h",
            )


def beat() -> Findings:
    subject = _("Schedule")
    try:
        seen = Heartbeat.objects.filter(pk=heartbeats.BEAT).values_list("at", flat=True).first()
    except DatabaseError:
        return  # which has been told
    if seen is None:
        yield wrong(subject, _("Beat has never run."), "celery -A moviesite beat")
    elif timezone.now() - seen > BEAT_MAY_BE_LATE:
        yield wrong(
            subject,
            _("Beat has started nothing since %(time)s.")
            % {"time": timezone.localtime(seen).strftime("%Y-%m-%d %H:%M")},
            "celery -A moviesite beat",
        )
    else:
        yield ok(subject, _("Beat runs."))

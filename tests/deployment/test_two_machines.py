"""Two machines with a web process and a worker each share PostgreSQL, Valkey and an object store.

The machines are network namespaces of one; the object store is moto's server, which speaks S3.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis
import requests
from django.conf import settings as site
from django.db import connection
from django.utils import timezone

from catalog.models import Movie
from moviesite.local.sockets import POSTGRES_PORT
from recommender.learning.artifact import ARRAYS_FILE, MANIFEST_FILE
from recommender.models import ModelVersion, RetrainingPolicy, RunStatus, TrainingRun, VersionStatus
from recommender.runs.request import request_run
from tests.deployment.machines import Machine, shared, two_machines
from tests.faults.conftest import wait_until
from tests.faults.site_pages import write_manifest
from tests.object_store import BACKEND, ObjectStore
from tests.recommender.rated_world import add_ratings
from tests.recommender.world import World, build_world

TRAINING_PATIENCE = 240.0


@pytest.fixture
def store(settings: Any) -> Iterator[ObjectStore]:
    store = ObjectStore()
    options = store.options("127.0.0.1", store.port)
    artifacts = {"BACKEND": BACKEND, "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "artifacts": artifacts}
    try:
        yield store
    finally:
        store.stop()


@pytest.fixture
def rated(transactional_db: None, store: ObjectStore) -> World:
    world = build_world()
    add_ratings(world)
    RetrainingPolicy(holdout_percent=10, gate_minimum_questions=50, new_ratings=10**6).save()
    return world


@pytest.fixture
def machines(rated: World, store: ObjectStore, tmp_path: Path) -> Iterator[list[Machine]]:
    """Each with a web process that answers and a worker that is ready."""
    broker = urlsplit(site.CELERY_BROKER_URL).path
    redis.Redis(unix_socket_path=broker, db=0).flushdb()
    static = write_manifest(tmp_path / "static")
    with two_machines(tmp_path) as machines, ExitStack() as shares:
        for machine in machines:
            machine.environment = environment_of(machine, store, broker, shares)
            machine.environment["MATINEE_STATIC"] = str(static)
            bind = ("--workers", "1", "--bind", f"{machine.address}:{machine.port}")
            machine.start("web", "gunicorn", "--config", "python:moviesite.gunicorn_conf", *bind)
            worker = ("worker", "-Q", "default,training", "-c", "1", "-n", f"{machine.name}@test")
            machine.start("worker", "celery", "-A", "moviesite", *worker, "-l", "INFO")
        for machine in machines:
            log = machine.folder / "worker.log"
            wait_until(lambda log=log: " ready." in log.read_text(errors="replace"))
            wait_until(lambda machine=machine: answers(machine.site))
        yield machines


def environment_of(
    machine: Machine, store: ObjectStore, broker: str, shares: ExitStack
) -> dict[str, str]:
    """How a machine finds what both share."""
    database, host = connection.settings_dict, machine.host
    socket = f"{database['HOST']}/.s.PGSQL.{POSTGRES_PORT}"
    postgres = shares.enter_context(shared(host, socket))
    valkey = shares.enter_context(shared(host, broker))
    s3 = shares.enter_context(shared(host, ("127.0.0.1", store.port)))
    return {
        "DATABASE_URL": f"postgres://{database['USER']}@{host}:{postgres}/{database['NAME']}",
        "REDIS_URL": f"redis://{host}:{valkey}/0",
        "CACHE_URL": f"redis://{host}:{valkey}/2",
        "ARTIFACTS_BACKEND": BACKEND,
        "ARTIFACTS_OPTIONS": json.dumps(store.options(host, s3)),
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_DEFAULTS_MODE": "in-region",
        "ALLOWED_HOSTS": machine.address,
        "OMP_NUM_THREADS": "1",
    }


def test_what_one_machine_publishes_both_serve(machines: list[Machine], store: ObjectStore) -> None:
    """
    GIVEN two machines that share nothing but servers
    WHEN a worker of one of them trains and publishes, and later the store is gone
    THEN both serve the version, each from a copy of its own, and go on with it
    """
    version = trained_version()
    assert {Path(name).name for name in store.names()} == {ARRAYS_FILE, MANIFEST_FILE}
    with ThreadPoolExecutor() as visitors:
        for told in visitors.map(lambda machine: when_served(machine, version), machines):
            print(told)
    for machine in machines:
        assert (machine.folder / "artifact-cache" / version.artifact / ARRAYS_FILE).exists()
        assert not (machine.folder / "artifacts").exists()
        assert recommended_by(machine) == label(version)

    store.stop()
    unreachable = publish_copy_of(version)
    for machine in machines:
        wait_until(lambda machine=machine: health_of(machine)["checks"]["artifacts"] != "ok")
        assert health_of(machine)["status"] == "degraded"
        assert recommended_by(machine) == label(version) != label(unreachable)


def when_served(machine: Machine, version: ModelVersion) -> str:
    assert version.published_at is not None
    wait_until(lambda: live_in(machine) == label(version))
    since = (timezone.now() - version.published_at).total_seconds()
    return f"machine {machine.name} serves {label(version)} {since:.2f} s after it went live"


def trained_version() -> ModelVersion:
    run, _ = request_run("factorization", mode="full", trigger="manual")
    wait_until(lambda: not TrainingRun.objects.get(pk=run.pk).is_active, TRAINING_PATIENCE)
    run.refresh_from_db()
    assert run.status == RunStatus.SUCCEEDED, run.message
    version = ModelVersion.objects.live("factorization")
    assert version is not None
    assert version.published_at is not None
    return version


def publish_copy_of(version: ModelVersion) -> ModelVersion:
    """A version whose files are nowhere but in a store that does not answer."""
    version.status = VersionStatus.RETIRED
    version.save(update_fields=["status"])
    copy = ModelVersion.objects.get(pk=version.pk)
    copy.pk, copy.status, copy.artifact = None, VersionStatus.LIVE, "factorization/elsewhere"
    copy.save(force_insert=True)
    return copy


def answers(address: str) -> bool:
    try:
        return requests.get(f"{address}/health/live", timeout=30).ok
    except requests.ConnectionError:
        return False


def health_of(machine: Machine) -> dict[str, Any]:
    answer: dict[str, Any] = requests.get(f"{machine.site}/health/ready", timeout=60).json()
    return answer


def live_in(machine: Machine) -> str | None:
    model = health_of(machine)["models"]["factorization"]
    return model and str(model["version"])


def recommended_by(machine: Machine) -> str:
    """What an anonymous program is answered by."""
    film = Movie.objects.order_by("pk")[0]
    answer = requests.post(
        f"{machine.site}/api/v1/watch-next", json={"movies": [film.pk], "n": 3}, timeout=60
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["version"])


def label(version: ModelVersion) -> str:
    return f"{version.kind}/{version.pk}"

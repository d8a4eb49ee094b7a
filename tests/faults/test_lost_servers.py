"""The site without Redis, with one that hangs, and without its database."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from catalog.models import Rating
from moviesite.health.models import CacheEntry
from moviesite.local.sockets import remove_socket_folder, socket_folder
from moviesite.local.valkey import PrivateValkey
from tests.faults.conftest import Processes, wait_until
from tests.faults.site_pages import Visit, add_member, failures, rate, write_manifest
from tests.passable import passable_folder
from tests.recommender.world import World


@pytest.fixture
def valkey() -> Iterator[PrivateValkey]:
    with passable_folder() as folder:
        (folder / "log").mkdir()
        server = PrivateValkey(folder, socket_folder(folder, None), durable=False)
        server.start()
        try:
            yield server
        finally:
            server.stop()
            remove_socket_folder(folder)


@pytest.fixture
def web(processes: Processes, valkey: PrivateValkey, tmp_path: Path) -> str:
    """A web process on a Valkey of its own, as little patient as a real one."""
    processes.environment |= {
        "REDIS_URL": valkey.broker_url,
        "CACHE_URL": valkey.cache_url,
        "CACHE_TIMEOUT": "0.2",
        "MATINEE_STATIC": str(write_manifest(tmp_path / "static")),
    }
    return processes.web("web")


def cache_of(member: Visit) -> str:
    return str(member.get("/health/ready").json()["checks"]["cache"])


def stars_of(name: str) -> list[int]:
    user = get_user_model().objects.get(username=name)
    return list(Rating.objects.filter(user=user).values_list("half_stars", flat=True))


def test_without_redis_the_site_goes_on(
    web: str, valkey: PrivateValkey, rated_world: World
) -> None:
    add_member("ada")
    member = Visit(web)
    assert member.log_in("ada").status_code == 302
    assert failures(web, member) == {}
    assert not CacheEntry.objects.exists()

    assert valkey.process
    os.kill(valkey.process.pid, signal.SIGSTOP)
    assert failures(web, member) == {}
    assert rate(member, rated_world, "4") < 400
    assert Visit(web).log_in("ada").status_code == 302
    assert CacheEntry.objects.exists()  # what the limits counted meanwhile
    wait_until(lambda: cache_of(member) == "unreachable")

    os.kill(valkey.process.pid, signal.SIGCONT)
    wait_until(lambda: cache_of(member) == "ok")
    assert failures(web, member) == {}

    valkey.process.kill()
    valkey.process.wait()
    assert failures(web, member) == {}
    assert rate(member, rated_world, "3.5") < 400
    assert Visit(web).log_in("ada").status_code == 302
    assert member.post("/accounts/logout/").status_code == 302

    valkey.start()
    wait_until(lambda: cache_of(member) == "ok")
    assert member.get("/ratings/").status_code == 302  # still logged out
    assert stars_of("ada") == [7]


def test_guesses_of_a_password_are_counted_without_redis(web: str, valkey: PrivateValkey) -> None:
    add_member("ada")
    valkey.stop()
    guesser = Visit(web)
    for _ in range(12):
        guesser.post("/accounts/login/", login="ada", password="wrong")
    assert guesser.log_in("ada").status_code != 302


@contextmanager
def beside_the_database() -> Iterator[Any]:
    """A connection to the server's own database, from which the site's can be closed."""
    connection.close()
    options = {**connection.get_connection_params(), "dbname": "postgres"}
    options.pop("cursor_factory", None)
    with closing(psycopg2.connect(**options)) as beside:
        beside.autocommit = True
        with beside.cursor() as cursor:
            yield cursor


def test_without_its_database_the_site_says_so_and_comes_back(web: str, rated_world: World) -> None:
    add_member("ada")
    member = Visit(web)
    member.log_in("ada")
    with beside_the_database() as cursor:
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        try:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [connection.settings_dict["NAME"]],
            )
            for path in ("/", "/movies/", "/ratings/", "/accounts/profile/"):
                answer = member.get(path)
                assert (path, answer.status_code) == (path, 503)
                assert int(answer.headers["Retry-After"]) > 0
                assert "A short intermission" in answer.text
            answer = member.get("/api/v1/movies")
            assert answer.status_code == 503
            assert int(answer.headers["Retry-After"]) > 0
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.json()["status"] == 503
            prober = Visit(web)
            assert prober.get("/health/live").status_code == 200
            answer = prober.get("/health/ready")
            assert answer.status_code == 503
            assert answer.json()["checks"]["database"] == "unreachable"
        finally:
            cursor.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert failures(web, member) == {}

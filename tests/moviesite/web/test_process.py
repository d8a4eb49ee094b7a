"""What a web process does before its first request."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from structlog.testing import capture_logs

from moviesite import gunicorn_conf
from moviesite.web.process import warm_up
from recommender.serving.live_catalog import live_catalog
from tests.object_store import BACKEND, KEYS
from tests.recommender.world import World

ROOT = Path(__file__).resolve().parents[3]
LOOKS = """
import gc, json, sys, threading
import moviesite.wsgi
from django.db import connections
from django.template import engines
home = engines["django"].get_template("recommender/home.html").template
again = engines["django"].get_template("recommender/home.html").template
print(json.dumps({
    "frozen": gc.get_freeze_count(),
    "watched": len(gc.get_objects()),
    "switch": sys.getswitchinterval(),
    "jinja_kept": len(engines["jinja2"].env.cache),
    "compiled_once": home.nodelist is again.nodelist,
    "connections": sum(one.connection is not None for one in connections.all()),
    "threads": threading.active_count(),
}))
"""


@pytest.fixture(scope="module")
def found() -> dict[str, float]:
    """A process that has loaded the application, looked at before its first request."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "moviesite.settings"}
    done = subprocess.run(
        [sys.executable, "-c", LOOKS], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    looked: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return looked


def test_processes_can_part_from_one_that_has_loaded_the_application(
    found: dict[str, float],
) -> None:
    assert gunicorn_conf.preload_app
    assert found["connections"] == 0  # two processes on one connection would mix their answers up
    assert found["threads"] == 1  # a thread does not come along, and what it locked stays locked


def test_what_lives_as_long_as_the_process_is_out_of_the_collectors_sight(
    found: dict[str, float],
) -> None:
    assert found["frozen"] > 100_000
    assert found["watched"] < 10_000
    assert found["switch"] <= 0.001
    assert found["compiled_once"]
    assert found["jinja_kept"] >= 1


ALLOCATES = """
import ctypes, re, sys, tempfile, threading
import moviesite.wsgi
import numpy as np
all_there = threading.Barrier(4)
def allocate():
    arrays = [np.ones(2_000) for _ in range(50)]
    all_there.wait(30)
threads = [threading.Thread(target=allocate) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc = ctypes.CDLL(None)
if not hasattr(libc, "malloc_info"): sys.exit("none to count")
libc.fopen.restype = ctypes.c_void_p
with tempfile.NamedTemporaryFile() as file:
    out = ctypes.c_void_p(libc.fopen(file.name.encode(), b"w"))
    libc.malloc_info(0, out)
    libc.fclose(out)
    print(len(re.findall("<heap nr=", open(file.name).read())))
"""


def test_threads_share_one_heap() -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "moviesite.settings"}
    done = subprocess.run(
        [sys.executable, "-c", ALLOCATES], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    if "none to count" in done.stderr:
        pytest.skip("the C library has no malloc_info: it is not glibc's")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-1] == "1"


@pytest.mark.django_db(transaction=True)
def test_the_catalog_is_read_before_somebody_asks(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    world.publish()
    thread = warm_up()
    thread.join(30)
    assert not thread.is_alive()
    with django_assert_num_queries(0):
        assert len(live_catalog.current()) == len(world.movies)


@pytest.mark.django_db(transaction=True)
def test_the_store_of_models_is_reached_before_one_is_fetched(
    world: World, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loading what speaks to it and its first answer take a second of the first visitor's time."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with socket.create_server(("127.0.0.1", 0)) as asked:
        address = f"http://127.0.0.1:{asked.getsockname()[1]}"
        options = {"bucket_name": "kept", "endpoint_url": address, "region_name": "us-east-1"}
        artifacts = {"BACKEND": BACKEND, "OPTIONS": {**KEYS, **options}}
        settings.STORAGES = {**settings.STORAGES, "artifacts": artifacts}
        with capture_logs() as logs:
            thread = warm_up()
            asked.settimeout(30)
            asked.accept()[0].close()
            thread.join(30)
    assert not thread.is_alive()
    (said,) = [line for line in logs if line["event"] == "not_warm"]
    assert said["reason"].startswith("the artifact store failed")

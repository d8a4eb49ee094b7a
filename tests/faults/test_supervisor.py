"""The whole local run: started, hurt, killed, stopped."""

import os
import signal
import socket
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
import requests

from moviesite.local.processes import MARK
from tests.faults.chaos.trial import Trial
from tests.faults.local_run import (
    READY,
    LocalRun,
    free_port,
    local_run,
    wait_until_nothing_is_left,
    write_small_dataset,
)
from tests.faults.small_disk import filled, small_disk
from tests.migrated_cluster import put_migrated_cluster
from tests.passable import passable_folder

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """On a small disk of its own, where that can be had."""
    with passable_folder() as folder, small_disk(folder, megabytes=900):
        yield folder


@pytest.fixture(scope="module")
def first_run(folder: Path, port: int) -> LocalRun:
    """A first start, ready and stopped again.

    All but its migrations, which are told and done in tests/browser/test_main_job.py.
    """
    dataset = write_small_dataset(folder / "dataset")
    put_migrated_cluster(folder / "var")
    with local_run(folder / "var", port=port, MATINEE_DATASET=str(dataset)) as run:
        run.wait_for(READY)
        assert run.status_of("/health/ready") == 200
        assert run.status_of("/") == 200
        assert run.end(signal.SIGTERM) == 0
    wait_until_nothing_is_left(run.var)
    return run


@pytest.fixture(scope="module")
def later_run(first_run: LocalRun, port: int) -> Iterator[Callable[[], LocalRun]]:
    """Gives the later start that tests leave running; a new one where the last has ended."""
    runs: list[LocalRun] = []
    with ExitStack() as started:

        def running() -> LocalRun:
            if not runs or runs[-1].process.poll() is not None:
                runs.append(started.enter_context(local_run(first_run.var, port=port)))
                runs[-1].wait_for(READY)
            return runs[-1]

        yield running
    wait_until_nothing_is_left(first_run.var)


def children_named(var: Path, *words: str) -> list[psutil.Process]:
    """Direct children of the supervisor whose command has these words."""
    found = []
    for process in psutil.process_iter():
        try:
            ours = process.environ().get(MARK) == str(var)
            if ours and set(words) <= set(process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return sorted(found, key=lambda process: process.create_time())


def test_a_first_start_says_what_it_does_and_ends_with_the_address(first_run: LocalRun) -> None:
    told = "\n".join(first_run.lines)
    for phase in (
        "Starting PostgreSQL and Valkey",
        "loading a first dataset",
        "Starting web, workers and schedule",
        "Training the first factorization model",
        "Training the first sequence model",
    ):
        assert phase in told
    assert "without this model" not in told
    assert first_run.lines[-1] == f"{READY}http://127.0.0.1:{first_run.port}/"


def test_the_administrator_is_told_once_and_kept_for_the_owner(first_run: LocalRun) -> None:
    path = first_run.var / "admin-password"
    told = [line for line in first_run.lines if line.startswith("Administrator: admin, password: ")]
    assert len(told) == 1
    assert path.read_text().strip() in told[0]
    for secret in (path, first_run.var / "secret-key"):
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600


def test_a_later_start_has_nothing_to_prepare_and_commands_join_it(
    later_run: Callable[[], LocalRun],
) -> None:
    run = later_run()
    told = "\n".join(run.lines)
    for phase in ("Bringing the database", "Collecting", "Administrator", "first dataset", "Train"):
        assert phase not in told
    assert "Film " in run.manage("watch_next", "Film 7", "-n", "3")


def test_children_that_die_are_told_and_started_again(later_run: Callable[[], LocalRun]) -> None:
    run = later_run()
    web = children_named(run.var, "gunicorn")[0]
    web.kill()
    line = run.wait_for("web ended unexpectedly")
    assert "killed by SIGKILL" in line
    assert str(run.var / "log" / "web.log") in line
    sockets = (run.var / "socket-folder").read_text()
    lock = (run.var / "postgres").resolve() / "postmaster.pid"
    os.kill(int(lock.read_text().split()[0]), signal.SIGQUIT)
    run.wait_for("PostgreSQL ended unexpectedly")
    wait_until_the_site_is_ready(run)
    assert (run.var / "socket-folder").read_text() == sockets
    assert children_named(run.var, "gunicorn")[0].pid != web.pid


def test_a_second_run_from_the_same_folder_is_refused_and_harms_nobody(
    later_run: Callable[[], LocalRun],
) -> None:
    run = later_run()
    second = LocalRun(run.var, port=free_port())
    second.wait_for("Matinee already runs from this folder")
    assert second.status() == 1
    assert run.status_of("/health/ready") == 200


def wait_until_the_site_is_ready(run: LocalRun) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if run.status_of("/health/ready") == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the site did not come back")


def test_a_full_disk_is_told_and_all_comes_back_when_it_has_room(
    later_run: Callable[[], LocalRun], folder: Path
) -> None:
    if not os.path.ismount(folder):
        pytest.skip("no disk can be mounted here: this needs root and CAP_SYS_ADMIN")
    run = later_run()
    with filled(folder):
        wait_until_health_says(run, "disk", "full")
        assert run.status_of("/") == 200
        assert run.status_of("/movies/") == 200
        lock = (run.var / "postgres").resolve() / "postmaster.pid"
        os.kill(int(lock.read_text().split()[0]), signal.SIGQUIT)
        run.wait_for("PostgreSQL ended unexpectedly")
        run.wait_for("PostgreSQL runs again")
        # What its end freed may be enough for a connection, or may not.
        answer = requests.get(f"http://127.0.0.1:{run.port}/movies/", timeout=30)
        assert answer.status_code in (200, 503)
    wait_until_the_site_is_ready(run)
    assert run.status_of("/movies/") == 200


def wait_until_health_says(run: LocalRun, name: str, word: str) -> None:
    deadline = time.monotonic() + 30
    address = f"http://127.0.0.1:{run.port}/health/ready"
    while time.monotonic() < deadline:
        answer = requests.get(address, timeout=30)
        if answer.json()["checks"][name] == word:
            assert answer.status_code == 503
            return
        time.sleep(0.2)
    raise AssertionError(answer.text)


def test_after_kill_9_of_the_supervisor_the_next_start_recovers(
    later_run: Callable[[], LocalRun],
) -> None:
    later_run().end(signal.SIGKILL)
    run = later_run()
    assert run.status_of("/health/ready") == 200
    assert len(children_named(run.var, "beat")) == 1


def test_nothing_that_was_acknowledged_is_lost_and_ctrl_c_ends_it(
    later_run: Callable[[], LocalRun], folder: Path
) -> None:
    """A short trial of ``make chaos``."""
    run = later_run()
    disk = folder if os.path.ismount(folder) else None
    report = Trial(run, disk=disk, seed=20).hold(6, tell=print)
    print(report)
    assert report["wrong"] == []
    assert report["imported"]
    assert report["acknowledged"] > 20
    assert report["exit_status"] == 0
    assert not (run.var / "environment.json").exists()
    wait_until_nothing_is_left(run.var)


def test_a_taken_port_stops_the_start_in_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        run = LocalRun(tmp_path / "var", port=taken)
        run.wait_for(f"Port {taken} on 127.0.0.1 is taken")
        assert run.status() == 1
    assert len(run.lines) == 1
    assert not (tmp_path / "var" / "postgres").exists()


def test_an_unreachable_database_stops_the_start_in_one_sentence(tmp_path: Path) -> None:
    url = "postgres://someone:secret@127.0.0.1:1/site"
    run = LocalRun(tmp_path / "var", port=free_port(), DATABASE_URL=url)
    run.wait_for("The database that DATABASE_URL names does not answer")
    assert run.status() == 1
    assert "secret" not in "\n".join(run.lines)
    wait_until_nothing_is_left(run.var)


def test_a_dataset_that_is_none_stops_the_first_start(folder: Path) -> None:
    put_migrated_cluster(folder / "other")
    run = LocalRun(folder / "other", port=free_port(), MATINEE_DATASET="no-such-thing")
    run.wait_for("'no-such-thing' is neither a folder, nor a zip file")
    assert run.status() == 1
    wait_until_nothing_is_left(run.var)

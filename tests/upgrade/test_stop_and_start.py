"""`manage.py upgrade --stop … --start …` of a site that runs."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from moviesite.upgrade.errors import UpgradeError
from moviesite.upgrade.steps import run_command
from tests.faults.conftest import wait_until
from tests.faults.local_run import free_port
from tests.moviesite.backup.conftest import tables
from tests.supervisorctl import supervised
from tests.upgrade.conftest import Done, must, run

NEXT = "tests.upgrade.next_release.settings"
MISSING = ("no-such-program --fast", "no-such-program --fast: No such file")
STOP, START = "supervisorctl stop all", "supervisorctl start all"


class Running:
    """The site at work, kept so by what a supervisor does."""

    def __init__(self, site: dict[str, str], folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.environment = {**site, **supervised(folder), "OMP_NUM_THREADS": "1"}
        self.environment["MATINEE_VAR"] = str(folder / "state")
        (folder / "supervised" / "programs").write_text(
            f"{sys.executable} -m gunicorn --config python:moviesite.gunicorn_conf --workers 1"
            f" --bind 127.0.0.1:{self.port}\n"
        )

    @property
    def ready(self) -> str:
        return f"http://127.0.0.1:{self.port}/health/ready"

    def control(self, command: str) -> None:
        must(run(*command.split(), environment=self.environment))

    def answers(self) -> bool:
        try:
            return requests.get(self.ready, timeout=60).status_code == 200
        except requests.ConnectionError:
            return False

    def process(self) -> str:
        """The number of the one that was started last; none while it is stopped."""
        path = self.folder / "supervised" / "0.pid"
        return path.read_text() if path.exists() else ""

    def upgrade(self, *words: str, **more: str) -> Done:
        return run("manage.py", "upgrade", *words, environment={**self.environment, **more})


@pytest.fixture
def running(site: dict[str, str], tmp_path: Path) -> Iterator[Running]:
    running = Running(site, tmp_path)
    collected = Path(site["MATINEE_VAR"], "static")  # by the upgrade of the old site
    shutil.copytree(collected, tmp_path / "state" / "static")
    running.control(START)
    try:
        wait_until(running.answers)
        yield running
    finally:
        running.control(STOP)
        log = tmp_path / "supervised" / "0.log"
        print(log.read_text(errors="replace")[-3000:])


def test_the_site_is_stopped_meanwhile_and_started_again(running: Running) -> None:
    first = running.process()
    said = must(running.upgrade("--stop", STOP, "--start", START, "--health", running.ready))
    steps = [line for line in said.splitlines() if not line.startswith(" ")]
    assert steps.index("Stopping the site") < steps.index("Backing up")
    assert steps.index("Trying a web process of the new code") < steps.index("Starting the site")
    assert steps[-1] == "The site is upgraded."
    assert running.process() not in ("", first)
    assert running.answers()


@pytest.mark.parametrize(
    ("start", "health", "reason"),
    [
        ("false", "{ready}", "Starting the site failed: false ended with status 1."),
        (START, "http://127.0.0.1:9/health/ready", "answered nothing for 2 s."),
    ],
)
def test_one_that_does_not_start_is_stopped_and_put_back(
    running: Running, site: dict[str, str], start: str, health: str, reason: str
) -> None:
    """The next release has migrated already: its start is a part of the upgrade."""
    before = tables(site["DATABASE_NAME"])
    words = ("--stop", STOP, "--start", start, "--health", health.format(ready=running.ready))
    done = running.upgrade(*words, "--patience", "2", DJANGO_SETTINGS_MODULE=NEXT)
    assert done.returncode == 1
    assert reason in done.stderr.decode()
    assert "The back-up was put back" in done.stderr.decode()
    assert tables(site["DATABASE_NAME"]) == before
    assert running.process() == ""
    assert not running.answers()


def test_a_command_that_is_not_there_fails_as_one_that_ends_with_a_status() -> None:
    for command, reason in (("false", "false ended with status 1."), MISSING):
        with pytest.raises(UpgradeError, match=f"^{reason}"):
            run_command(command)


def test_one_that_does_not_stop_is_left_as_it_is(running: Running, site: dict[str, str]) -> None:
    before, first = tables(site["DATABASE_NAME"]), running.process()
    done = running.upgrade("--stop", "false", "--start", START, DJANGO_SETTINGS_MODULE=NEXT)
    assert done.returncode == 1
    assert "Stopping the site failed: false ended with status 1." in done.stderr.decode()
    assert tables(site["DATABASE_NAME"]) == before
    assert running.process() == first
    assert running.answers()
    assert not list((running.folder / "state").glob("backups/*.backup"))

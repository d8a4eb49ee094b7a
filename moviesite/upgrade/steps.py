"""Back-up, migrations, a trial and a start; when one of them fails, everything is put back."""

from __future__ import annotations

import shlex
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration

from moviesite.backup import database
from moviesite.backup.create import create_backup
from moviesite.backup.errors import BackupError
from moviesite.backup.restore import restore_backup
from moviesite.upgrade.errors import UpgradeError
from moviesite.upgrade.trial import PATIENCE, try_web_process, wait_until_fine
from recommender.versions.code_version import code_version

RELEASE = "release.txt"  # in the folder of the state: the code of the last upgrade
ALONE_PATIENCE = 5.0  # seconds in which stopped processes give back their connections
STATIC_INDEX = ("staticfiles.json", "collected-from.txt")


@dataclass(frozen=True, kw_only=True)
class Upgrade:
    """How this site is upgraded to the code that runs.

    Attributes
    ----------
    say
        Where each step is told.
    folder, passphrase
        Of the back-up; without a passphrase it is not encrypted.
    stop, start
        Commands for web, workers and beat; empty where somebody else sees to it.
    health, patience
        The address that is asked after ``start`` until the site is ready, for so many seconds.
    """

    say: Callable[[str], object]
    folder: Path
    passphrase: str | None
    stop: str = ""
    start: str = ""
    health: str = ""
    patience: float = PATIENCE

    def run(self) -> None:
        """All steps, or none.

        Raises
        ------
        UpgradeError
            When a step failed: which and why, what was put back, and what is left to do.
        """
        with self._step("Looking at the settings"):
            call_command("check", deploy=not settings.LOCAL)
        if self.stop:
            with self._step("Stopping the site"):
                run_command(self.stop)
        with self._step("Looking whether anybody uses the database"):
            wait_until_alone()
        pending, static = pending_migrations(), read_static_index()
        with self._step("Backing up"):
            backup = create_backup(self.folder, self.passphrase)
            self.say(f"  {backup}")
        try:
            self._change(len(pending))
        except UpgradeError as error:
            raise UpgradeError(f"{error}\n{self._roll_back(backup, pending, static)}") from error
        (settings.VAR_DIR / RELEASE).write_text(code_version(), encoding="utf-8")

    def _change(self, migrations: int) -> None:
        with self._step(f"Migrating the database ({migrations} migrations)"):
            call_command("migrate", interactive=False, verbosity=0)
        with self._step("Collecting static files"):
            call_command("collectstatic", interactive=False, verbosity=0)
        connection.close()
        with self._step("Trying a web process of the new code"):
            try_web_process()
        if self.start:
            with self._step("Starting the site"):
                run_command(self.start)
                wait_until_fine(self.health, patience=self.patience)

    def _roll_back(
        self, backup: Path, pending: list[Migration], static: dict[Path, bytes | None]
    ) -> str:
        """Put back what was changed; what became of it, for the operator."""
        again = f"Then start the release that ran before{former_release()}."
        connection.close()
        try:
            if is_unchanged(pending):
                return f"The database is as it was. {again}"
            if self.start and self.stop:
                run_command(self.stop)
            wait_until_alone()
            self.say("Putting the back-up back")
            restore_backup(backup, self.passphrase, replace=True)
            write_static_index(static)
        except Exception as error:  # noqa: BLE001  the operator has to hear of it, whatever it is
            return (
                f"Putting the back-up back failed, too: {error}\nStop all that uses the database "
                f"and run: manage.py restore --replace {backup}. {again}"
            )
        return f"The back-up was put back: database, uploads and models are as they were. {again}"

    @contextmanager
    def _step(self, what: str) -> Iterator[None]:
        self.say(what)
        began = time.monotonic()
        try:
            yield
        except KeyboardInterrupt as error:
            raise UpgradeError(f"{what} was interrupted.") from error
        except Exception as error:
            raise UpgradeError(f"{what} failed: {error}") from error
        self.say(f"  done in {time.monotonic() - began:.1f} s")


def run_command(command: str) -> None:
    """Run the operator's command. Raises `UpgradeError` when it fails."""
    try:
        status = subprocess.run(shlex.split(command), stdin=subprocess.DEVNULL).returncode  # noqa: S603
    except OSError as error:
        raise UpgradeError(f"{command}: {error.strerror}.") from error
    if status:
        raise UpgradeError(f"{command} ended with status {status}.")


def wait_until_alone(patience: float = ALONE_PATIENCE) -> None:
    """Raises `BackupError` while others are connected to the database."""
    deadline = time.monotonic() + patience
    while True:
        try:
            database.require_nobody_else()
        except BackupError:
            if time.monotonic() > deadline:
                raise
        else:
            return
        time.sleep(0.2)


def pending_migrations() -> list[Migration]:
    """What the database has not got yet, in the order in which it gets it."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [migration for migration, _ in plan]


def is_unchanged(pending: list[Migration]) -> bool:
    """True when none of these was applied, and the first left nothing behind when it failed."""
    still = pending_migrations()
    return bool(still) and len(still) == len(pending) and still[0].atomic


def read_static_index() -> dict[Path, bytes | None]:
    """Which static file stands for which name; the files of earlier releases stay beside newer."""
    paths = [Path(settings.STATIC_ROOT) / name for name in STATIC_INDEX]
    return {path: path.read_bytes() if path.exists() else None for path in paths}


def write_static_index(kept: dict[Path, bytes | None]) -> None:
    for path, content in kept.items():
        if content is not None:
            path.write_bytes(content)


def former_release() -> str:
    """`` (its name)``, where an upgrade wrote it down."""
    path = settings.VAR_DIR / RELEASE
    return f" ({path.read_text(encoding='utf-8')})" if path.exists() else ""

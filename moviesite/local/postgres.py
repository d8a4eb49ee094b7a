"""A private PostgreSQL, on a Unix socket, with its data in ``var/``."""

import hashlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg2

from moviesite.local.errors import LocalRunError
from moviesite.local.logs import last_line
from moviesite.local.postgres_binaries import PostgresBinaries, find_postgres
from moviesite.local.processes import Account, is_alive, spawn, stop, stop_leftovers
from moviesite.local.sockets import POSTGRES_PORT

NAME = "matinee"  # of the superuser and of the database
START_PATIENCE = 60.0  # seconds; recovery after a crash replays the log first
STOP_STEPS = ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0))  # fast, then immediate shutdown
ROOTS_DATA = Path("/var/lib/matinee/data")

SETTINGS = {
    "listen_addresses": "",
    "port": str(POSTGRES_PORT),
    "dynamic_shared_memory_type": "mmap",  # containers often have a tiny /dev/shm
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] ",
}
# For tests, whose data may be lost.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PrivatePostgres:
    """One PostgreSQL server of this run.

    Parameters
    ----------
    var
        Folder of the run's state; the data lies in ``var/postgres``.
    sockets
        Folder of the Unix socket, with a short path.
    account
        Whom to run as; None for the present user.
    durable
        False trades safety for speed: for tests.
    binaries
        What to run; None for the first that is found.
    """

    def __init__(
        self,
        var: Path,
        sockets: Path,
        account: Account | None,
        *,
        durable: bool = True,
        binaries: PostgresBinaries | None = None,
    ) -> None:
        self.var = var
        self.sockets = sockets
        self.account = account
        self.binaries = binaries
        self.settings = SETTINGS if durable else {**SETTINGS, **NOT_DURABLE}
        self.log = var / "log" / "postgresql.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The database as a URL; the socket's folder takes the place of the host."""
        return f"postgres://{NAME}@/{quote(str(self.sockets))}/{NAME}"

    def start(self) -> None:
        """Make the data folder where there is none, start the server, make the database.

        Raises
        ------
        LocalRunError
            When the server does not answer; names the reason that it logged.
        """
        binaries = self.binaries or find_postgres(self.account)
        self.data = data_folder(self.var, self.account)
        self._stop_earlier_server()
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster(binaries)
        self._check_version(binaries)
        options = [f"--{name}={value}" for name, value in self.settings.items()]
        command = [binaries.postgres, "-D", str(self.data), "-k", str(self.sockets), *options]
        self.process = spawn(
            command,
            var=self.var,
            environment=_environment(),
            output=self.log,
            errors=self.log,
            death_signal=signal.SIGINT,
            account=self.account,
        )
        self._wait_until_it_answers()

    def stop(self) -> None:
        """Shut down fast: connections are cut, data is flushed."""
        if self.process:
            stop(self.process, STOP_STEPS)
            self.process = None

    def _make_cluster(self, binaries: PostgresBinaries) -> None:
        # Letters of every language are letters, titles sort by code point, no ICU is needed.
        locale = ["--locale=C.UTF-8"]
        if binaries.major >= 17:
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command = [binaries.initdb, "-D", str(self.data), "-U", NAME, "--auth=trust"]
        for attempt in (locale, ["--locale=C"]):  # macOS before 15 has no C.UTF-8
            process = spawn(
                [*command, "--encoding=UTF8", "--no-instructions", *attempt],
                var=self.var,
                environment=_environment(),
                output=self.log,
                errors=self.log,
                account=self.account,
            )
            if process.wait() == 0:
                return
            _empty(self.data)
        raise LocalRunError(f"PostgreSQL could not make its data folder: {last_line(self.log)}")

    def _check_version(self, binaries: PostgresBinaries) -> None:
        major = (self.data / "PG_VERSION").read_text(encoding="utf-8").strip()
        if major != str(binaries.major):
            raise LocalRunError(
                f"The data in {self.data} was made by PostgreSQL {major} and the server found is "
                f"{binaries.major}: move the data over with pg_dump as docs/operating.md tells, "
                f"or set the folder aside."
            )

    def _stop_earlier_server(self) -> None:
        """A server that outlived its supervisor is stopped; a lock that nobody holds is removed."""
        lock = self.data / "postmaster.pid"
        if not lock.exists():
            return
        number = lock.read_text(encoding="utf-8").split("\n", 1)[0].strip()
        try:
            process = psutil.Process(int(number))
            if is_alive(process) and _serves(process, self.data):
                stop_leftovers([process])
        except (ValueError, psutil.NoSuchProcess):
            pass  # the lock names nobody: remove it below
        # The process that it names may also be a zombie that nobody collects, or a stranger who
        # got the number since: PostgreSQL itself would refuse to start for either.
        lock.unlink(missing_ok=True)

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_PATIENCE
        while True:
            try:
                connection = psycopg2.connect(dbname="postgres", user=NAME, host=str(self.sockets))
                break
            except psycopg2.OperationalError as error:
                if self.process is None or self.process.poll() is not None:
                    raise LocalRunError(
                        f"PostgreSQL did not start: {last_line(self.log)}"
                    ) from error
                if time.monotonic() > deadline:
                    self.stop()
                    raise LocalRunError(
                        f"PostgreSQL did not answer within {START_PATIENCE:.0f} s; see {self.log}"
                    ) from error
                time.sleep(0.03)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
                if cursor.fetchone() is None:
                    cursor.execute(f"CREATE DATABASE {NAME}")
        finally:
            connection.close()


def _environment() -> Mapping[str, str]:
    """Ours without PG*: those would change what the server does."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _serves(process: psutil.Process, data: Path) -> bool:
    try:
        command = process.cmdline()
    except psutil.Error:
        return False
    return "postgres" in "".join(command[:1]) and str(data) in command


def data_folder(var: Path, account: Account | None) -> Path:
    """``var/postgres``, or for root, where the server's account cannot reach it, a system folder.

    ``var/postgres`` is then a link to that folder.
    """
    data = var / "postgres"
    if data.is_symlink():
        return data.resolve()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if account is None:
        return data
    os.chown(data, account.uid, account.gid)
    if _reaches(account, data):
        return data
    data.rmdir()
    name = hashlib.sha256(str(data).encode()).hexdigest()[:16]
    elsewhere = ROOTS_DATA / name
    elsewhere.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in (ROOTS_DATA, ROOTS_DATA.parent):
        path.chmod(0o755)
    os.chown(elsewhere, account.uid, account.gid)
    data.symlink_to(elsewhere)
    return elsewhere


def _reaches(account: Account, folder: Path) -> bool:
    answer = subprocess.run(  # noqa: S603
        ["/bin/sh", "-c", 'cd "$0"', str(folder)],
        cwd="/",
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        capture_output=True,
    )
    return answer.returncode == 0


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()

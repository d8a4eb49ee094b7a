"""A web process of the new code, started on the side and asked before anybody meets it."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO
from urllib.parse import urlsplit

from django.conf import settings

from moviesite.health_probe import allowed_host
from moviesite.upgrade.errors import UpgradeError

PATIENCE = 120.0  # seconds until it has to be ready
READY = "/health/ready"
FIRST_PAGE = "/"
FINE = (http.HTTPStatus.OK, http.HTTPStatus.MOVED_PERMANENTLY, http.HTTPStatus.FOUND)


def try_web_process() -> None:
    """Start one, wait until it is ready, look at the first page, and stop it.

    Raises
    ------
    UpgradeError
        When it does not start or a page fails; with the last line that it wrote.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener, tempfile.TemporaryFile() as log:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with _web_process(listener, log) as process:
            try:
                wait_until_fine(address + READY, process)
                if (answer := _ask(address + FIRST_PAGE)) != http.HTTPStatus.OK:
                    raise UpgradeError(f"The first page answered {answer or 'nothing'}.")
            except UpgradeError as error:
                raise UpgradeError(f"{error} It wrote: {_last_line(log)}") from error


def wait_until_fine(
    url: str, process: subprocess.Popen[bytes] | None = None, patience: float = PATIENCE
) -> None:
    """Ask until the answer is one for visitors; a process that ends is not waited for.

    Raises `UpgradeError`.
    """
    deadline = time.monotonic() + patience
    while (answer := _ask(url)) not in FINE:
        if process is not None and process.poll() is not None:
            raise UpgradeError(f"The web process ended with status {process.returncode}.")
        if time.monotonic() > deadline:
            raise UpgradeError(f"{url} answered {answer or 'nothing'} for {patience:.0f} s.")
        time.sleep(0.2)


@contextmanager
def _web_process(listener: socket.socket, log: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    bind = f"fd://{listener.fileno()}"
    command = [sys.executable, "-m", "gunicorn", "--config", "python:moviesite.gunicorn_conf"]
    process = subprocess.Popen(  # noqa: S603
        [*command, "--workers", "1", "--bind", bind],
        cwd=settings.BASE_DIR,
        # Without HTTPS, which here would be a redirect and no page.
        env={**os.environ, "OMP_NUM_THREADS": "1", "HTTPS": "false"},
        pass_fds=[listener.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _ask(url: str) -> int | None:
    """The status, or none where nobody answers."""
    parts = urlsplit(url)
    host = allowed_host(",".join(settings.ALLOWED_HOSTS), settings.MATINEE_URL)
    secure = parts.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=30)
    try:
        connection.request("GET", parts.path or "/", headers={"Host": host})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _last_line(log: IO[bytes]) -> str:
    log.seek(0)
    lines = log.read().decode(errors="replace").strip().splitlines()
    return lines[-1][:500] if lines else "nothing."

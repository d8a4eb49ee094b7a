"""A real Celery worker on the tests' database and broker."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import redis
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def celery_worker(log: Path, *, pool: str = "solo", **environment: str) -> Iterator[None]:
    """While it is open, tasks of the queue ``default`` are done; prints its log at the end."""
    redis.Redis(unix_socket_path=urlsplit(settings.CELERY_BROKER_URL).path).flushdb()
    url = urlsplit(os.environ["DATABASE_URL"])
    path = url.path.rsplit("/", 1)[0] + f"/{connection.settings_dict['NAME']}"
    command = [sys.executable, "-m", "celery", "-A", "moviesite", "worker", "--pool", pool]
    database = {"DATABASE_URL": urlunsplit(url._replace(path=path))}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "-Q", "default", "--without-gossip", "--without-mingle"],
            cwd=ROOT,
            env={**os.environ, **database, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)
        print(log.read_text(errors="replace")[-4000:])

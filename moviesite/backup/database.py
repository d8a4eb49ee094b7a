"""The database of a back-up, by the clients of PostgreSQL."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient

from moviesite.backup.errors import BackupError
from moviesite.local.postgres_binaries import candidates

# psql waits for locks of whoever still uses the site, and gives up rather than wait forever.
_ENVIRONMENT = {"PGOPTIONS": "-c lock_timeout=20s", "PGCONNECT_TIMEOUT": "10"}
_ANEW = "DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public;"


def find_clients(server: int) -> Path:
    """The folder of a pg_dump, pg_restore and psql that are not older than the server."""
    seen = []
    for folder in candidates("pg_dump"):
        version = _major(folder / "pg_dump")
        if version is not None and version >= server and (folder / "psql").exists():
            return folder
        seen.append(f"{folder} ({version or 'does not start'})")
    raise BackupError(
        f"The server is PostgreSQL {server}, and no pg_dump of {server} or newer was "
        f"found: install postgresql-client-{server}. Found: {', '.join(seen) or 'none'}."
    )


def dump(clients: Path, target: Path) -> None:
    """One snapshot of the whole database, whatever is written meanwhile."""
    options = ["--format=custom", "--no-owner", "--no-privileges", f"--file={target}"]
    _run(clients / "pg_dump", options, connected=True)
    require_readable(clients, target)


def require_readable(clients: Path, source: Path) -> None:
    """Let pg_restore read the table of contents: it refuses what a newer pg_dump has written."""
    _run(clients / "pg_restore", ["--list", str(source)])


def is_empty() -> bool:
    with connection.cursor() as cursor:
        return not connection.introspection.table_names(cursor)


def require_nobody_else() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        (others,) = cursor.fetchone()
    if others:
        raise BackupError(
            f"The database has {others} other connections: stop web, workers and beat first. "
            "Nothing was changed."
        )


def restore(clients: Path, source: Path, work: Path) -> None:
    """Put the dump in place of all tables in one transaction: wholly, or not at all."""
    script = work / "database.sql"
    options = ["--no-owner", "--no-privileges", f"--file={script}", str(source)]
    _run(clients / "pg_restore", options)
    connection.close()
    options = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    options += ["--output=/dev/null", f"--command={_ANEW}", f"--file={script}"]
    _run(clients / "psql", options, connected=True)


def _run(program: Path, options: list[str], connected: bool = False) -> None:
    arguments, variables = ["", *options], None
    if connected:
        arguments, variables = DatabaseClient.settings_to_cmd_args_env(
            connection.settings_dict, options
        )
    done = subprocess.run(  # noqa: S603
        [str(program), *arguments[1:]],
        env={**os.environ, **_ENVIRONMENT, **(variables or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if "error" in line.lower()]
        reason = (lines or done.stderr.splitlines() or ["no reason given"])[0]
        raise BackupError(f"{program.name} failed: {reason}")


def _major(program: Path) -> int | None:
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True)  # noqa: S603
    except OSError:
        return None
    found = re.search(r"PostgreSQL\) (\d+)", answer.stdout)
    return int(found.group(1)) if found else None

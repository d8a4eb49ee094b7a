"""The PostgreSQL and Valkey of a local run, and how everything else finds them."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from moviesite.local.external import check_database, check_redis
from moviesite.local.postgres import PrivatePostgres
from moviesite.local.processes import unprivileged_account
from moviesite.local.sockets import remove_socket_folder, socket_folder
from moviesite.local.valkey import PrivateValkey

Server = PrivatePostgres | PrivateValkey


@dataclass(frozen=True, kw_only=True)
class Services:
    """What is running.

    Attributes
    ----------
    environment
        The variables by which Django and Celery find the servers: DATABASE_URL, REDIS_URL and
        CACHE_URL, with SECRET_KEY, MATINEE_LOCAL and MATINEE_VAR.
    servers
        The private ones by name; those that were given by URL are not among them.
    """

    environment: Mapping[str, str]
    servers: Mapping[str, Server]


@contextmanager
def start_services(
    var: Path, *, durable: bool = True, given: Mapping[str, str] = os.environ
) -> Iterator[Services]:
    """Run a private PostgreSQL and Valkey with their state in ``var`` until the block ends.

    Parameters
    ----------
    var
        Folder of the state, made where missing.
    durable
        False for tests: no fsync, no append-only file.
    given
        An environment; a DATABASE_URL or REDIS_URL in it is checked and used instead.

    Raises
    ------
    LocalRunError
        When a server does not start, or a given one does not answer.
    """
    (var / "log").mkdir(parents=True, exist_ok=True)
    environment = {
        "MATINEE_LOCAL": "1",
        "MATINEE_VAR": str(var),
        "SECRET_KEY": given.get("SECRET_KEY") or kept_secret(var / "secret-key"),
    }
    servers: dict[str, Server] = {}
    account = unprivileged_account()
    sockets = None
    try:
        if url := given.get("DATABASE_URL"):
            check_database(url)
            environment["DATABASE_URL"] = url
        else:
            sockets = socket_folder(var, account)
            postgres = PrivatePostgres(var, sockets, account, durable=durable)
            servers["PostgreSQL"] = postgres
            postgres.start()
            environment["DATABASE_URL"] = postgres.url
        if url := given.get("REDIS_URL"):
            check_redis(url)
            environment["REDIS_URL"] = url
            environment["CACHE_URL"] = given.get("CACHE_URL") or url
        else:
            sockets = sockets or socket_folder(var, account)
            valkey = PrivateValkey(var, sockets, durable=durable)
            servers["Valkey"] = valkey
            valkey.start()
            environment["REDIS_URL"] = valkey.broker_url
            environment["CACHE_URL"] = valkey.cache_url
        yield Services(environment=environment, servers=servers)
    finally:
        for server in reversed(servers.values()):
            server.stop()
        if sockets:
            remove_socket_folder(var)


def kept_secret(path: Path) -> str:
    """A random secret that only its owner can read, the same at every start."""
    if path.exists():
        return path.read_text(encoding="utf-8").strip()
    secret = secrets.token_urlsafe(50)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(secret)
    return secret

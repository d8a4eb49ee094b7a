"""Checks of servers that the operator names by URL."""

from urllib.parse import unquote, urlsplit

import environ
import psycopg2
import redis

from moviesite.local.errors import LocalRunError

PATIENCE = 5  # seconds


def check_database(url: str) -> None:
    """Connect once to a DATABASE_URL.

    Raises
    ------
    LocalRunError
        When it is no PostgreSQL URL or nobody answers; the password is not repeated.
    """
    config = environ.Env.db_url_config(url) if "://" in url else {}
    if "postgresql" not in config.get("ENGINE", ""):
        raise LocalRunError(
            "DATABASE_URL has to look like postgres://user:password@host:5432/name, and names "
            "something else."
        )
    try:
        connection = psycopg2.connect(
            dbname=config["NAME"],
            user=config["USER"] or None,
            password=config["PASSWORD"] or None,
            host=unquote(config["HOST"] or "") or None,
            port=config["PORT"] or None,
            connect_timeout=PATIENCE,
            **config.get("OPTIONS", {}),
        )
    except psycopg2.Error as error:
        raise LocalRunError(
            f"The database that DATABASE_URL names does not answer: {_first_line(error)}"
        ) from error
    connection.close()


def check_redis(url: str) -> None:
    """Ping a REDIS_URL.

    Raises
    ------
    LocalRunError
        When it is no Redis URL or nobody answers; the password is not repeated.
    """
    # Celery's name for a Unix socket is redis+socket, the client library's is unix.
    try:
        client = redis.Redis.from_url(
            url.replace("redis+socket://", "unix://", 1).replace("virtual_host=", "db="),
            socket_connect_timeout=PATIENCE,
            socket_timeout=PATIENCE,
        )
    except ValueError as error:
        raise LocalRunError(
            "REDIS_URL has to look like redis://host:6379/0, and names something else."
        ) from error
    try:
        client.ping()
    except redis.RedisError as error:
        where = urlsplit(url).hostname or urlsplit(url).path
        raise LocalRunError(
            f"The server that REDIS_URL names ({where}) does not answer: {_first_line(error)}"
        ) from error
    finally:
        client.close()


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]

"""The private servers: started, found by Django and Celery, private, and gone again."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import environ
import psutil
import psycopg2
import pytest
import redis
from django.core.cache import cache
from django.db import connection

from moviesite.celery import app
from moviesite.local.errors import LocalRunError
from moviesite.local.processes import leftovers
from moviesite.local.services import kept_secret, start_services
from moviesite.local.sockets import LONGEST_PATH
from tests.passable import passable_folder


@pytest.fixture
def var() -> Iterator[Path]:
    with passable_folder() as folder:
        yield folder


@pytest.fixture
def own_database() -> dict[str, str]:
    """Where Valkey is all that is looked at, the tests' own PostgreSQL serves."""
    return {"DATABASE_URL": os.environ["DATABASE_URL"]}


@pytest.mark.django_db
def test_django_celery_and_cache_of_this_run_use_the_private_servers() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW listen_addresses")
        assert cursor.fetchone() == ("",)
        cursor.execute("SELECT name FROM pg_available_extensions WHERE name = 'pg_trgm'")
        assert cursor.fetchone() == ("pg_trgm",)
    cache.set("key", "value")
    assert cache.get("key") == "value"
    with app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1)
        assert broker.connected


def test_a_second_start_finds_the_data_of_the_first(var: Path) -> None:
    # Durable, as `make run` starts them.
    with start_services(var, given={}) as services:
        with connect(services.environment) as database, database.cursor() as cursor:
            cursor.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        key = services.environment["SECRET_KEY"]
        broker(services.environment).set("kept", "yes")
    with start_services(var, given={}) as services:
        with connect(services.environment) as database, database.cursor() as cursor:
            cursor.execute("SELECT answer, 'É' ILIKE 'é' FROM kept")
            assert cursor.fetchone() == (42, True)
        assert services.environment["SECRET_KEY"] == key
        assert broker(services.environment).get("kept") == b"yes"
    assert list(leftovers(var)) == []


def test_damaged_data_of_valkey_is_set_aside(
    var: Path, own_database: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """What was left to do stands in the database, so that nothing is lost with it."""
    with start_services(var, given=own_database) as services:
        broker(services.environment).set("kept", "yes")
    [written] = (var / "valkey").glob("appendonlydir/*.incr.aof")
    content = written.read_bytes()
    written.write_bytes(b"garbage" + content)
    for _ in range(2):  # the second time the aside is there
        with start_services(var, given=own_database) as services:
            assert broker(services.environment).get("kept") is None
        assert "begins anew" in capsys.readouterr().err
        [damaged] = (var / "valkey-damaged").glob("appendonlydir/*.incr.aof")
        assert damaged.read_bytes().startswith(b"garbage")
        next((var / "valkey").glob("appendonlydir/*.incr.aof")).write_bytes(b"garbage")


def test_data_that_is_not_damaged_stays_where_valkey_does_not_start(
    var: Path, own_database: dict[str, str]
) -> None:
    with start_services(var, given=own_database) as services:
        broker(services.environment).set("kept", "yes")
    listed = next((var / "valkey").glob("appendonlydir/*.manifest"))
    hidden = listed.rename(listed.with_suffix(".hidden"))
    listed.mkdir()  # cannot be read, which says nothing of what is in it
    with (
        pytest.raises(LocalRunError, match="its log tells why"),
        start_services(var, given=own_database),
    ):
        pass
    listed.rmdir()
    hidden.rename(listed)
    with start_services(var, given=own_database) as services:
        assert broker(services.environment).get("kept") == b"yes"
    assert not (var / "valkey-damaged").exists()


def test_sockets_are_short_and_private_even_in_a_deep_folder(var: Path) -> None:
    deep = var.joinpath(*["a-rather-long-folder-name"] * 6)
    with start_services(deep, durable=False, given={}) as services:
        folder = Path(environ.Env.db_url_config(services.environment["DATABASE_URL"])["HOST"])
        names = sorted(path.name for path in folder.iterdir())
        assert names == [".s.PGSQL.5432", ".s.PGSQL.5432.lock", "valkey.sock"]
        assert all(len(os.fsencode(path)) <= LONGEST_PATH for path in folder.iterdir())
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        # Nobody listens on TCP.
        for server in services.servers.values():
            assert server.process is not None
            assert psutil.Process(server.process.pid).net_connections("tcp") == []
    assert not folder.exists()


def test_servers_whose_parent_was_killed_do_not_block_the_next_start(var: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path\n"
        "from moviesite.local.services import start_services\n"
        "with start_services(Path(sys.argv[1]), given={}):\n"
        "    print('up', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(var)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "up\n"
        parent.send_signal(signal.SIGKILL)
    with start_services(var, given={}) as services, connect(services.environment):
        assert broker(services.environment).ping()
    wait_until_none_is_left(var)


def test_a_lock_that_names_a_stranger_is_taken_over(var: Path) -> None:
    with start_services(var, durable=False, given={}):
        pass
    lock = (var / "postgres").resolve() / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n/elsewhere\n")
    with start_services(var, durable=False, given={}) as services:
        connect(services.environment).close()


def test_data_of_another_major_version_is_refused_in_one_sentence(var: Path) -> None:
    with start_services(var, durable=False, given={}):
        pass
    ((var / "postgres").resolve() / "PG_VERSION").write_text("9\n")
    with (
        pytest.raises(LocalRunError, match=r"made by PostgreSQL 9 and the server found is \d+"),
        start_services(var, durable=False, given={}),
    ):
        pass
    assert list(leftovers(var)) == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"DATABASE_URL": "postgres://u:secret@127.0.0.1:1/x"}, "DATABASE_URL names does not ans"),
        ({"DATABASE_URL": "sqlite:///x"}, "DATABASE_URL has to look like postgres://"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL has to look like postgres://"),
        ({"REDIS_URL": "redis://:secret@127.0.0.1:1/0"}, "REDIS_URL names (127.0.0.1) does not"),
        ({"REDIS_URL": "http://x"}, "REDIS_URL has to look like redis://"),
    ],
)
def test_a_given_server_that_does_not_answer_is_told_in_one_sentence(
    var: Path, given: dict[str, str], message: str
) -> None:
    with pytest.raises(LocalRunError) as told, start_services(var, durable=False, given=given):
        pass
    assert message in str(told.value)
    assert "secret" not in str(told.value)
    assert "\n" not in str(told.value)
    assert list(leftovers(var)) == []


def test_given_servers_are_used_instead_of_private_ones(var: Path) -> None:
    given = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL", "CACHE_URL")}
    with start_services(var, given=given) as services:
        assert services.servers == {}
        assert given.items() <= services.environment.items()
    assert not (var / "postgres").exists()


def test_a_secret_is_kept_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    first = kept_secret(path)
    assert len(first) >= 50
    assert kept_secret(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def connect(environment: Mapping[str, str]) -> "psycopg2.extensions.connection":
    config = environ.Env.db_url_config(environment["DATABASE_URL"])
    return psycopg2.connect(dbname=config["NAME"], user=config["USER"], host=config["HOST"])


def broker(environment: Mapping[str, str]) -> redis.Redis:
    return redis.Redis.from_url(environment["CACHE_URL"])


def wait_until_none_is_left(var: Path) -> None:
    deadline = time.monotonic() + 10
    while list(leftovers(var)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert list(leftovers(var)) == []

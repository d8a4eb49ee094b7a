"""Variables that are read from files."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from moviesite.environment import Environment, VariablesOrFiles


def environment(**variables: str) -> Environment:
    env = Environment()
    env.ENVIRON = VariablesOrFiles(variables)
    return env


def test_a_file_stands_for_the_variable_without_its_last_newline(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("  se$cret \r\n")
    (tmp_path / "url").write_text("postgres://me:p%40ss@db:5432/films\n")
    env = environment(
        SECRET_KEY_FILE=str(tmp_path / "key"),
        SECRET_KEY="overruled",
        DATABASE_URL_FILE=str(tmp_path / "url"),
        SITE_NAME="Films\n",
    )
    assert env.str("SECRET_KEY") == "  se$cret "
    assert env.db_url("DATABASE_URL")["PASSWORD"] == "p@ss"
    assert env.str("SITE_NAME") == "Films\n"
    assert env.str("REDIS_URL", default="none") == "none"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("postgres://%2Fvar%2Frun%2Fpostgresql/films", "/var/run/postgresql"),
        ("postgres://films@//var/run/postgresql/films", "/var/run/postgresql"),
        ("postgres://films@db.lan:5433/films", "db.lan"),
        ("postgres://films@[::1]/films", "::1"),
    ],
)
def test_a_database_is_found_by_host_or_by_a_folder_of_sockets(url: str, host: str) -> None:
    found = environment(DATABASE_URL=url).database("DATABASE_URL")
    assert (found["HOST"], found["NAME"]) == (host, "films")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    with pytest.raises(ImproperlyConfigured, match=rf"SECRET_KEY_FILE names {missing}.*No such"):
        environment(SECRET_KEY_FILE=str(missing)).str("SECRET_KEY")
    (tmp_path / "picture").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(ImproperlyConfigured, match=r"SECRET_KEY_FILE names .*no text"):
        environment(SECRET_KEY_FILE=str(tmp_path / "picture")).str("SECRET_KEY")

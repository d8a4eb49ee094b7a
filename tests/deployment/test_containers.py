"""Dockerfile and compose.yaml: linted, and all of the image that needs no Docker is run."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.docs.commands import check

from .dockerfile import ROOT, copy_context, in_context, stages

SITE = stages()["site"]
SERVICES_OF_OURS = {"migrate", "web", "worker", "training", "training-gpu", "beat"}
BIN = Path(sys.executable).parent
# What lets somebody in somewhere, of the variables that compose.yaml hands over.
SECRET = {
    "SECRET_KEY",
    "DATABASE_PASSWORD",
    "MATINEE_BACKUP_PASSPHRASE",
    "BACKUPS_OPTIONS",
    "EMAIL_URL",
    "MATINEE_METRICS_TOKEN",
    "OIDC_CLIENT_SECRET",
    "SENTRY_DSN",
    "TMDB_API_KEY",
}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    composed: dict[str, Any] = YAML(typ="safe").load(ROOT / "compose.yaml")
    return composed


def the(name: str) -> str:
    [instruction] = [one for one in SITE if one.name == name]
    return instruction.text


def test_hadolint_finds_nothing() -> None:
    linted = subprocess.run(
        [BIN / "hadolint", "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (linted.returncode, linted.stdout) == (0, "")


def test_compose_follows_its_schema() -> None:
    command = [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_the_image_runs_as_nobody_special_and_without_a_shell_in_between() -> None:
    assert the("USER") == "10001:10001"
    [command] = [one for one in SITE if one.name == "CMD"]
    assert command.words[0] == "gunicorn"
    assert the("HEALTHCHECK").rpartition(" CMD ")[2].startswith('["python", ')
    assert not [one for one in SITE if one.name in ("ENTRYPOINT", "SHELL")]
    installs = [one.text for one in SITE if one.name == "RUN" and "apt-get install" in one.text]
    assert not re.search(r"gcc|build-essential|-dev\b|git\b", " ".join(installs))


def test_only_what_the_site_runs_on_goes_into_the_image() -> None:
    assert in_context("manage.py")
    assert in_context("moviesite/settings/__init__.py")
    for name in (
        "tests/conftest.py",
        ".env",
        "secrets/secret_key",
        "var/secret-key",
        ".git/config",
    ):
        assert not in_context(name)
    assert not in_context("moviesite/__pycache__/settings.cpython-313.pyc")


def test_each_process_is_closed_and_gets_its_secrets_by_file(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == SERVICES_OF_OURS | {"database", "valkey"}
    for name in SERVICES_OF_OURS:
        service = compose["services"][name]
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        environment = service["environment"]
        assert environment["SECRET_KEY_FILE"] == "/run/secrets/secret_key"
        assert not SECRET & environment.keys()
        by_file = {
            f"{one}_FILE" for one in SECRET & {key.removesuffix("_FILE") for key in environment}
        }
        named = {Path(environment[one]).name for one in by_file}
        assert {Path(environment[one]).parent for one in by_file} == {Path("/run/secrets")}
        assert named == set(service["secrets"]) == set(compose["secrets"])
    assert compose["services"]["web"]["ports"] == ["${HOST:-127.0.0.1}:${PORT:-8000}:8000"]


def test_no_log_grows_without_end(compose: dict[str, Any]) -> None:
    assert {one["logging"]["driver"] for one in compose["services"].values()} == {"local"}


def test_each_process_starts_by_a_command_that_exists(compose: dict[str, Any]) -> None:
    for name in SERVICES_OF_OURS - {"web"}:
        command = compose["services"][name]["command"]
        check(command[1:] if command[0] == "python" else command)
    queues = {
        name: compose["services"][name]["command"][-5]
        for name in ("worker", "training", "training-gpu")
    }
    assert queues == {"worker": "default", "training": "training", "training-gpu": "training"}


def test_the_database_is_one_that_the_images_client_can_back_up(compose: dict[str, Any]) -> None:
    server = int(compose["services"]["database"]["image"].partition(":")[2])
    [client] = re.findall(r"postgresql-client-(\d+)", " ".join(one.text for one in SITE))
    assert int(client) >= server


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """The last stage's files and environment, its last RUN done, with the packages of here."""
    root = tmp_path_factory.mktemp("image")
    site = root / "site"
    copy_context(site)
    kept = {"DATABASE_URL": os.environ["DATABASE_URL"], "REDIS_URL": os.environ["REDIS_URL"]}
    environment = {
        "PATH": f"{BIN}:/usr/bin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
        "MATINEE_VAR": str(root / "state"),
        "MATINEE_STATIC": str(root / "static"),
        "HOME": str(root / "state"),
    }
    for folder in ("state", "secrets"):
        (root / folder).mkdir()
    [build] = [one.text for one in SITE if one.name == "RUN" and "collectstatic" in one.text]
    subprocess.run(["sh", "-euc", build], cwd=site, env=environment, check=True)
    environment |= kept | {
        "SECRET_KEY_FILE": str(root / "secrets/key"),
        "ALLOWED_HOSTS": "a.example",
    }
    (root / "secrets/key").write_text("a-secret-that-stands-in-a-file-and-nowhere-else\n")
    (root / "secrets/unused").touch()
    needed = {"SECRET_KEY", "DATABASE_PASSWORD", "MATINEE_BACKUP_PASSPHRASE"}
    environment |= {f"{name}_FILE": str(root / "secrets/unused") for name in SECRET - needed}
    yield root, environment
    shutil.rmtree(root)


def test_static_files_are_collected_while_building(image: tuple[Path, dict[str, str]]) -> None:
    root, _environment = image
    assert (root / "static" / "staticfiles.json").is_file()
    assert list((root / "site").rglob("settings/__pycache__/*.pyc"))


@pytest.mark.django_db(transaction=True)
def test_its_command_serves_says_that_it_lives_and_ends_when_asked(
    image: tuple[Path, dict[str, str]], unused_port: int
) -> None:
    root, environment = image
    before = sorted(path for path in (root / "site").rglob("*"))
    [command] = [one.words for one in SITE if one.name == "CMD"]
    words = [word.replace("0.0.0.0:8000", f"127.0.0.1:{unused_port}") for word in command]
    environment = {**environment, "PORT": str(unused_port), "WEB_CONCURRENCY": "1"}
    process = subprocess.Popen(words, cwd=root / "site", env=environment)
    probe = the("HEALTHCHECK").rpartition(" CMD ")[2]
    asked = [str(BIN / "python"), *re.findall(r'"([^"]+)"', probe)[1:]]
    try:
        deadline = time.monotonic() + 60
        while subprocess.run(asked, cwd=root / "site", env=environment).returncode:
            assert process.poll() is None, "the web process ended"
            assert time.monotonic() < deadline, "the web process never answered"
            time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
    finally:
        process.kill()
        process.wait()
    assert subprocess.run(asked, cwd=root / "site", env=environment).returncode == 1
    # The image's own folder is read-only: everything is written elsewhere.
    assert sorted(path for path in (root / "site").rglob("*")) == before


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port

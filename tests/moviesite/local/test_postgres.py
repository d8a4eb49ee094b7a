"""A run as root from a folder that only root can enter: PostgreSQL refuses root."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from moviesite.local import postgres, postgres_binaries
from moviesite.local.postgres_binaries import find_postgres
from moviesite.local.processes import unprivileged_account
from moviesite.local.services import start_services
from tests.passable import passable_folder

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="is about runs as root")


@pytest.fixture
def readable(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """In place of /var/lib/matinee."""
    with passable_folder() as folder:
        monkeypatch.setattr(postgres, "ROOTS_DATA", folder / "matinee" / "data")
        monkeypatch.setattr(postgres_binaries, "READABLE_COPIES", folder / "matinee" / "servers")
        yield folder


def test_data_goes_where_the_servers_account_gets_in(tmp_path: Path, readable: Path) -> None:
    closed = tmp_path / "var"
    for _ in range(2):
        with start_services(closed, durable=False, given={}) as services:
            process = services.servers["PostgreSQL"].process
            assert process is not None
            assert psutil.Process(process.pid).username() == "nobody"
    assert (closed / "postgres").is_symlink()
    assert (closed / "postgres").resolve().parent == readable / "matinee" / "data"
    assert (closed / "postgres" / "PG_VERSION").exists()


def test_binaries_are_copied_where_the_servers_account_gets_in(
    tmp_path: Path, readable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheels = [path for path in postgres_binaries.candidates() if "site-packages" in str(path)]
    if not wheels:
        pytest.skip("no wheel with PostgreSQL is installed")
    package = wheels[0].parents[1]
    shutil.copytree(package, tmp_path / package.name)
    for libraries in package.parent.glob("*pgserver*.libs"):
        shutil.copytree(libraries, tmp_path / libraries.name)
    closed = tmp_path / wheels[0].relative_to(package.parent)
    tmp_path.chmod(0o700)
    monkeypatch.setattr(postgres_binaries, "candidates", lambda: [closed])
    found = find_postgres(unprivileged_account())
    assert found.folder.is_relative_to(readable / "matinee" / "servers")
    with (
        passable_folder() as var,
        start_services(var, durable=False, given={}) as services,
    ):
        process = services.servers["PostgreSQL"].process
        assert process is not None
        assert psutil.Process(process.pid).exe().startswith(str(found.folder))

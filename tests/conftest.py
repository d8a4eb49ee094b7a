"""Fixtures for every test; the servers are started by tests/services_plugin.py."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_django
from django.conf import settings
from django.db import connection
from django.utils import translation
from xdist.workermanage import WorkerController

from moviesite.local.errors import LocalRunError
from moviesite.local.first_data import first_dataset
from tests.chromium import FLAGS, find_chromium
from tests.made_up_dataset import write_dataset
from tests.services_plugin import begin_migrated

ROOT = Path(__file__).resolve().parents[1]

# Playwright's synchronous API runs an event loop in the thread of the test, and Django would
# refuse the ORM there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

FIRST_DATA = pytest.StashKey[str]()

# Without a browser (no event loop in their thread) and without the tests' own database: dealt out
# first, so that no process waits for them at the end.
LONG = (
    "tests/upgrade/",
    "tests/faults/test_supervisor.py",
    "tests/benchmarks/test_bench_scale.py",
)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, pytestconfig: pytest.Config
) -> None:
    """Where several processes want a database, one migrates it and each has a copy."""
    if hasattr(pytestconfig, "workerinput") and (migrated := begin_migrated()):
        connection.settings_dict["TEST"]["TEMPLATE"] = migrated


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[None]:
    """Empties it quickly, and ends every session before the database is dropped.

    Where Playwright's event loop runs, the thread of the tests has connections of its own
    (asgiref's ``Local`` tells the two apart), which Django no longer sees when the loop has ended.
    """
    from tests.quick_flush import (
        quick_teardown,
    )  # models can only be imported once Django is set up

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.test.TransactionTestCase._fixture_teardown", quick_teardown)
        yield
    connection.close()  # the server may have gone under it, in a test of faults
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def pytest_configure() -> None:
    settings.PASSWORD_HASHERS = ["tests.quick_hasher.QuickArgon2", *settings.PASSWORD_HASHERS]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Deals out files, but apart those of their tests that commit; long ones come first.

    pytest-django lets those come after all that roll back, since they leave the tables empty,
    without the rows of migrations too. A file dealt out whole would break that order.
    """
    for item in items:
        marker = item.get_closest_marker("django_db")
        commits = marker is not None and marker.kwargs.get("transaction", False)
        commits = commits or {"transactional_db", "live_server"} & set(item.fixturenames)  # type: ignore[attr-defined]
        part = ", committing" if commits else ""
        item.add_marker(pytest.mark.xdist_group(f"{_dealt_with(item)}{part}"))
    yield
    items.sort(key=lambda item: not _is_long(item))


def _dealt_with(item: pytest.Item) -> str:
    """Its file; the folder of upgrades, which share the upgrade of one old site."""
    path = item.path.relative_to(ROOT)
    return str(path.parent if _is_long(item) and path.parent.name == "upgrade" else path)


def _is_long(item: pytest.Item) -> bool:
    needs = {"db", "transactional_db", "live_server", "browser"} & set(item.fixturenames)  # type: ignore[attr-defined]
    if needs or item.get_closest_marker("django_db"):
        return False
    return str(item.path.relative_to(ROOT)).startswith(LONG)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What a group shares is made once: refuse to deal its tests out one by one."""
    by_group = getattr(session.config.option, "loadgroup", False)
    if by_group and any("@" not in one.nodeid for one in session.items):
        raise pytest.UsageError("this pytest does not hand the groups of pytest-xdist on")


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """A request in German leaves its thread German, as any request finds its own language."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def first_data(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dataset that ``make run`` begins with; a made-up one where none can be fetched."""
    try:
        folder = Path(first_dataset("", ROOT / "var"))
    except LocalRunError as error:
        pytestconfig.stash[FIRST_DATA] = f"a made-up dataset ({error.__cause__})"
        return write_dataset(tmp_path_factory.mktemp("made-up"))
    pytestconfig.stash[FIRST_DATA] = str(folder)
    return folder


def pytest_sessionfinish(session: pytest.Session) -> None:
    if (output := getattr(session.config, "workeroutput", None)) is not None:
        output["first_data"] = session.config.stash.get(FIRST_DATA, "")


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: WorkerController) -> None:
    """What a worker of pytest-xdist said at its end, for the summary."""
    if said := getattr(node, "workeroutput", {}).get("first_data"):
        node.config.stash[FIRST_DATA] = said


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if said := config.stash.get(FIRST_DATA, None):
        terminalreporter.write_line(f"Tests of learning and serving ran on {said}")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of datasets whose own dirt is tested: MATINEE_DATA_DIR, else ``../shared/data``."""
    folder = Path(os.environ.get("MATINEE_DATA_DIR") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no real datasets at {folder}: set MATINEE_DATA_DIR to their folder")
    return folder


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """What playwright launches: the system's Chromium, not a downloaded one."""
    chromium = find_chromium()
    if chromium is None:
        pytest.skip("no Chromium found: python -m tests.chromium --install")
    return {"executable_path": str(chromium), "args": FLAGS, "headless": True}

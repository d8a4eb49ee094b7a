"""`manage.py upgrade`: all of an upgrade, or nothing of it."""

import re
from pathlib import Path

import pytest

from tests.moviesite.backup.conftest import connected_to, tables
from tests.upgrade.conftest import Done, run

NEXT = "tests.upgrade.next_release.settings"


def test_a_site_is_backed_up_migrated_tried_and_told_so(site: dict[str, str]) -> None:
    said = site["UPGRADE_SAID"].splitlines()
    assert [re.sub(r"\d+", "N", line) for line in said if not line.startswith(" ")] == [
        "Looking at the settings",
        "System check identified no issues (N silenced).",
        "Looking whether anybody uses the database",
        "Backing up",
        "Migrating the database (N migrations)",
        "Collecting static files",
        "Trying a web process of the new code",
        "The site is upgraded.",
        "Start it as ever.",
    ]
    [backup] = Path(site["MATINEE_VAR"], "backups").glob("*.backup")
    assert f"  {backup}" in said
    assert Path(site["MATINEE_VAR"], "release.txt").read_text().startswith("0.1.0")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("migration", "Migrating the database (3 migrations) failed: there is no such mood"),
        ("web", "Trying a web process of the new code failed: The web process ended with status"),
        ("page", "Trying a web process of the new code failed: The first page answered 500."),
    ],
)
def test_what_fails_leaves_the_site_as_it_was(
    site: dict[str, str], fault: str, reason: str
) -> None:
    """
    GIVEN a release of which a part of the migrations is done before it fails
    WHEN a site is upgraded to it
    THEN every table is as before, and it is told what failed and what to do
    """
    before = tables(site["DATABASE_NAME"])
    done = upgrade_to_next(site, FAULT=fault)
    assert done.returncode == 1
    told = done.stderr.decode()
    assert reason in told
    assert "The back-up was put back" in told
    assert "start the release that ran before (0.1.0" in told
    assert tables(site["DATABASE_NAME"]) == before


def test_one_that_is_in_use_is_left_alone(site: dict[str, str]) -> None:
    backups = list(Path(site["MATINEE_VAR"], "backups").iterdir())
    with connected_to(site["DATABASE_NAME"]):
        done = upgrade_to_next(site)
    assert done.returncode == 1
    assert "stop web, workers and beat first. Nothing was changed" in done.stderr.decode()
    assert list(Path(site["MATINEE_VAR"], "backups").iterdir()) == backups


def upgrade_to_next(site: dict[str, str], **more: str) -> Done:
    environment = {**site, "DJANGO_SETTINGS_MODULE": NEXT, **more}
    return run("manage.py", "upgrade", environment=environment)

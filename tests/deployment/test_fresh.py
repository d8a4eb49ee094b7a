"""What the fresh machine is told: the commands of docs/operating.md, taken apart rightly.

The machine itself takes minutes and root: ``python -m tests.deployment.fresh FOLDER``.
"""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from tests.deployment.fresh.__main__ import (
    BEFORE_THE_START,
    HOME,
    INSTALLED,
    OF_NETWORK,
    by_systemd,
    refuse_used,
    restore,
    surroundings,
)
from tests.deployment.fresh.observer import configuration
from tests.docs.commands import check


def before() -> list[str]:
    return [line for line in by_systemd() if OF_NETWORK.match(line)]


def after() -> list[str]:
    return [line for line in by_systemd() if not BEFORE_THE_START.match(line)]


@pytest.mark.parametrize("script", [before(), after(), [restore()], [surroundings()]])
def test_a_shell_reads_each_script(script: list[str]) -> None:
    text = "\n".join(script)
    read = subprocess.run(["sh", "-n"], input=text, capture_output=True, text=True, check=False)
    assert (read.returncode, read.stderr) == (0, "")


def test_packages_come_before_the_machine_starts_and_all_else_after() -> None:
    programs = [line.split()[0] for line in before()]
    assert programs == ["apt", "git", "cd", "python3"]
    assert {line.split()[0] for line in after()} & {"apt", "git", "python3"} == set()
    assert any(line.startswith("systemctl enable --now matinee.target") for line in after())


def test_each_command_of_the_site_exists() -> None:
    said = [shlex.split(line) for line in after() if line.startswith("matinee ")]
    assert len(said) == 4
    for words in said:
        check(["manage.py", *words[1:]])


def test_a_machine_that_has_a_site_is_not_gone_on_with(tmp_path: Path) -> None:
    (tmp_path / "srv").mkdir()
    refuse_used(tmp_path)
    (tmp_path / INSTALLED).touch()
    with pytest.raises(SystemExit, match="has a site already"):
        refuse_used(tmp_path)


def test_the_site_is_put_under_a_path_and_watched_there() -> None:
    assert f"MATINEE_URL={HOME}" in "\n".join(after())
    assert "metrics_path: /films/metrics" in configuration("/etc/ssl/films.pem")

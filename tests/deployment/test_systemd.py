"""The units of systemd, read and scored by systemd itself."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.docs.commands import check

ROOT = Path(__file__).resolve().parents[2]
UNITS = ROOT / "deploy" / "systemd"
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))
INSTALLED = "/opt/matinee/site"


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units for a site installed here, as systemd would find them."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze on PATH: install systemd")
    folder = tmp_path / "units"
    shutil.copytree(UNITS, folder)
    for path in folder.rglob("*.*"):
        if path.is_file():
            path.write_text(path.read_text().replace(INSTALLED, str(ROOT)))
    return folder


def analyze(units: Path, *arguments: str) -> tuple[int, str]:
    answer = subprocess.run(
        ["systemd-analyze", *arguments],
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:"},
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.returncode, answer.stdout + answer.stderr


def test_systemd_takes_each_unit_without_a_word(units: Path) -> None:
    paths = [str(path) for path in units.iterdir() if path.is_file()]
    assert analyze(units, "verify", "--man=no", *paths) == (0, "")


def test_a_unit_with_a_mistake_would_be_told(units: Path) -> None:
    web = units / "matinee-web.service"
    web.write_text(web.read_text().replace("KillMode=mixed", "KillMode=gently"))
    assert "gently" in analyze(units, "verify", "--man=no", str(web))[1]


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_may_do_little(units: Path, service: str) -> None:
    # Of 100; a service without any hardening has 96.
    status, told = analyze(units, "security", "--offline=true", "--threshold=15", service)
    assert status == 0, told


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_starts_by_a_command_that_exists(service: str) -> None:
    [line] = re.findall(r"^ExecStart=(.*)$", (UNITS / service).read_text(), re.MULTILINE)
    assert line.startswith(f"{INSTALLED}/.venv/bin/")
    words = line.replace("%%", "%").split()
    check(words[1:] if words[0].endswith("/python") else words)


def test_a_command_runs_in_a_unit_that_the_fences_hold_for() -> None:
    script = (ROOT / "deploy" / "matinee").read_text()
    [unit] = re.findall(r'--unit="([^$"]+)', script)
    assert unit.startswith("matinee-"), "else no drop-in of matinee-.service.d is read"
    assert f"{INSTALLED}/.venv/bin/python manage.py" in script
    assert os.access(ROOT / "deploy" / "matinee", os.X_OK)


def test_the_target_wants_every_process_of_the_site() -> None:
    target = (UNITS / "matinee.target").read_text()
    wanted = set(re.findall(r"matinee-\w+\.(?:service|timer)", target))
    assert wanted == {*SERVICES, "matinee-backup.timer"} - {"matinee-backup.service"}

"""A back-up restored into a folder in which nothing was kept, and nothing runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from moviesite.backup.create import create_backup
from moviesite.local.services import start_services
from tests.passable import passable_folder

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.django_db(transaction=True)
def test_a_local_run_starts_from_a_back_up(tmp_path: Path) -> None:
    path = create_backup(tmp_path, None)
    with passable_folder() as var:
        given = {"PATH": os.environ["PATH"], "MATINEE_VAR": str(var)}
        command = [sys.executable, "-W", "ignore", "-m", "moviesite.local.restore", str(path)]
        done = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert "Restored the back-up of" in done.stdout
        with start_services(var, durable=False, given={}) as services:
            checked = subprocess.run(
                [sys.executable, "-W", "ignore", "manage.py", "migrate", "--check"],
                cwd=ROOT,
                env={**given, **services.environment},
                capture_output=True,
                text=True,
            )
        assert checked.returncode == 0, checked.stdout + checked.stderr
        again = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True)
        assert again.returncode == 1
        assert "The database is not empty" in again.stderr

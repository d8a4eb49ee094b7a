"""``make restore``: put a back-up in place of what a local run keeps, while none runs."""

import os
import subprocess
import sys
from pathlib import Path

from moviesite.local.checks import only_run
from moviesite.local.console import complain
from moviesite.local.errors import LocalRunError
from moviesite.local.services import start_services

ROOT = Path(__file__).resolve().parents[2]


def manage(*commands: list[str]) -> int:
    """Start the servers alone and call ``manage.py`` with each; the first bad exit status, or 0."""
    var = Path(os.environ.get("MATINEE_VAR") or ROOT / "var").absolute()
    (var / "log").mkdir(parents=True, exist_ok=True)
    with only_run(var), start_services(var) as services:
        for words in commands:
            done = subprocess.run(  # noqa: S603
                [sys.executable, str(ROOT / "manage.py"), *words],
                env={**os.environ, **services.environment},
            )
            if done.returncode:
                return done.returncode
    return 0


if __name__ == "__main__":
    try:
        sys.exit(manage(["restore", *sys.argv[1:]], ["migrate", "--verbosity", "0"]))
    except LocalRunError as error:
        complain(str(error))
        sys.exit(1)

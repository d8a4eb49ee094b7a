"""Environment variables by which other commands find the servers of a local run.

``make run`` in one terminal, ``manage.py recommend ...`` in another: the supervisor keeps the
environment of its children in ``var/environment.json`` while it runs, and ``manage.py`` takes it
from there unless it was given one.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILE = "environment.json"
# Whoever sets one of these has servers of their own in mind.
TELLING = ("SECRET_KEY", "DATABASE_URL", "REDIS_URL")


@contextmanager
def joinable(var: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """Keep the environment readable for our own user while the block runs."""
    path = var / FILE
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(dict(environment), file)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def join_local_run() -> bool:
    """Take the environment of the run in this checkout, if one runs and none was given."""
    if any(name in os.environ or f"{name}_FILE" in os.environ for name in TELLING):
        return False
    path = Path(os.environ.get("MATINEE_VAR") or ROOT / "var") / FILE
    try:
        environment = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return False
    os.environ.update(environment)
    return True

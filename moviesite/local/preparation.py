"""Bring the database and the static files up to date, and tell what is still missing.

    python -m moviesite.local.preparation ANSWER.json

A process of its own, so that the supervisor stays small: it never imports Django.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from moviesite.local.administrator import ensure_administrator
from moviesite.local.console import phase


def main(answer: Path) -> None:
    """Prepare, then write ``{"catalog_is_empty": bool, "untrained": [kind, ...]}``."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moviesite.settings")
    django.setup()
    migrate()
    collect_static_files()
    ensure_administrator(settings.VAR_DIR)
    answer.write_text(json.dumps(missing()), encoding="utf-8")


def migrate() -> None:
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        with phase(f"Bringing the database up to date ({len(pending)} migrations)"):
            call_command("migrate", verbosity=0, interactive=False)


def collect_static_files() -> None:
    """Compress and name static files by their content, if any has changed since the last time."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = os.stat(storage.path(path))
            digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / "collected-from.txt"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == digest.hexdigest():
        return
    with phase("Collecting static files"):
        call_command("collectstatic", verbosity=0, interactive=False)
    stamp.write_text(digest.hexdigest(), encoding="utf-8")


def missing() -> dict[str, object]:
    # Models can only be imported once Django is set up.
    from catalog.models import Movie
    from recommender import kinds
    from recommender.models import ModelVersion

    untrained = [kind for kind in kinds.names() if not ModelVersion.objects.live(kind)]
    return {"catalog_is_empty": not Movie.objects.exists(), "untrained": untrained}


if __name__ == "__main__":
    main(Path(sys.argv[1]))

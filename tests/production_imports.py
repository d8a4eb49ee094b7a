"""``python -m tests.production_imports``: what a production process imports can be imported.

`make production` runs this where nothing but requirements.txt is installed, so it uses none of what
tests add. It imports every module of the site but the local run, whose requirements are its own;
loads every management command; and has Celery find the tasks as a worker does.
"""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import django
from django.core.management import get_commands, load_command_class

from moviesite.celery import app

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("moviesite", "catalog", "recommender")
LOCAL = "moviesite.local"


def main() -> int:
    django.setup()
    modules = sorted(production_modules())
    broken = [name for name in modules if not can_be_imported(name)]
    if broken:
        print(f"{len(broken)} of {len(modules)} modules cannot be imported:", *broken, sep="\n  ")
        return 1
    commands = [
        load_command_class(package, name)
        for name, package in get_commands().items()
        if package in PACKAGES
    ]
    app.loader.import_default_modules()
    tasks = [name for name in app.tasks if name.startswith(PACKAGES)]
    print(f"Imported {len(modules)} modules, {len(commands)} commands and {len(tasks)} tasks.")
    return 0 if modules and commands and tasks else 1


def production_modules() -> Iterator[str]:
    """Names of all modules of the site, but for those of the local run."""
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(part for part in parts if part != "__init__")
            if name != LOCAL and not name.startswith(f"{LOCAL}."):
                yield name


def can_be_imported(name: str) -> bool:
    try:
        importlib.import_module(name)
    except Exception:  # noqa: BLE001 - whatever it is, the module cannot be imported.
        traceback.print_exc()
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())

"""The third kind of model that ``docs/extending.md`` prints, registered as the page says.

Run as a program it also changes the database as the migration does that ``makemigrations`` would
write.
"""

from __future__ import annotations

import sys
from types import ModuleType

from recommender import kinds
from tests.docs.pages import ROOT, snippets

PAGE = ROOT / "docs" / "extending.md"
MODULE = "recommender.learning.trending"


def register_third_kind() -> None:
    """Run the page: its first block is a module, its second goes into ``recommender/kinds.py``."""
    the_class, the_line = (snippet.text for snippet in snippets(PAGE, "python"))
    module = ModuleType(MODULE)
    sys.modules[MODULE] = module
    exec(compile(the_class, f"{PAGE}: the class", "exec"), vars(module))  # noqa: S102
    exec(compile(the_line, f"{PAGE}: the line", "exec"), dict(vars(kinds)))  # noqa: S102


def forget_third_kind() -> None:
    del sys.modules[MODULE], kinds._kinds["trending"]


def migrate() -> None:
    """Apply what ``makemigrations`` finds changed, without writing it to a file."""
    from django.apps import apps
    from django.db import connection
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.state import ProjectState

    loader = MigrationLoader(connection)
    state = loader.project_state()
    found = MigrationAutodetector(state, ProjectState.from_apps(apps)).changes(loader.graph)
    assert list(found) == ["recommender"]
    for migration in found["recommender"]:
        with connection.schema_editor() as editor:
            state = migration.apply(state, editor)


if __name__ == "__main__":
    import django

    register_third_kind()
    django.setup()
    migrate()

"""What each of our migrations tells PostgreSQL, and what squawk, a linter for it, says to that."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.operations import CreateModel, RunPython
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

PACKAGES = ("catalog", "recommender", "moviesite")
SQUAWK = Path(sys.executable).with_name("squawk")
# Style, and what Django does in its own way: a migration is a transaction, and its columns are
# varchar. Time-outs are the upgrade's to set.
NOT_ASKED = (
    "ban-char-field",
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-identity",
    "prefer-robust-stmts",
    "prefer-text-field",
    "require-lock-timeout",
    "require-statement-timeout",
)
MIXED = "rows-and-columns-in-one-transaction"


def our_migrations() -> Iterator[tuple[str, str, Migration]]:
    """The name, the statements and the operations of each, in order."""
    loader = MigrationLoader(None)
    state, seen = ProjectState(real_apps=loader.unmigrated_apps), set()
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith(PACKAGES)}
    for leaf in sorted(loader.graph.leaf_nodes()):
        for key in loader.graph.forwards_plan(leaf):
            if key in seen:
                continue
            seen.add(key)
            migration = loader.graph.nodes[key]
            if key[0] not in ours:
                state = migration.mutate_state(state, preserve=False)
                continue
            with connection.schema_editor(collect_sql=True, atomic=False) as editor:
                state = migration.apply(state, editor, collect_sql=True)
            yield f"{key[0]}.{key[1]}", "\n".join(editor.collected_sql), migration


def statements_of(operations: list[Operation], app: str) -> str:
    """What a migration of these would tell PostgreSQL, after all that there are."""
    state = MigrationLoader(None).project_state()
    migration = Migration("next", app)
    migration.operations = operations
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        migration.apply(state, editor, collect_sql=True)
    return "\n".join(editor.collected_sql)


def rules_broken(
    statements: dict[str, str], folder: Path, *, alone: set[str]
) -> set[tuple[str, str]]:
    """Of each migration by its name; those ``alone`` run outside of a transaction."""
    broken = set()
    for names, option in (
        (statements.keys() - alone, "--assume-in-transaction"),
        (alone, "--no-assume-in-transaction"),
    ):
        for name in names:
            (folder / f"{name}.sql").write_text(statements[name])
        if names:
            paths = [str(folder / f"{name}.sql") for name in sorted(names)]
            options = ["--reporter", "json", "--pg-version", "16", "--exclude", ",".join(NOT_ASKED)]
            said = subprocess.run(
                [SQUAWK, *options, option, *paths], capture_output=True, check=False
            ).stdout
            broken |= {(Path(one["file"]).stem, one["rule_name"]) for one in json.loads(said)}
    return broken


def mixes_rows_and_columns(migration: Migration) -> bool:
    """Whether it changes a table that is there and goes through rows while the lock is held."""
    return (
        migration.atomic
        and any(isinstance(one, RunPython) for one in migration.operations)
        and any(_locks(one) for one in migration.operations)
    )


def _locks(operation: Operation) -> bool:
    return not isinstance(operation, CreateModel | RunPython) and operation.reduces_to_sql

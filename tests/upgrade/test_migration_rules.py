"""No migration keeps people waiting on a large site, or takes away what running code still uses."""

import re
from pathlib import Path

import pytest
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

from tests.upgrade.migration_sql import (
    MIXED,
    mixes_rows_and_columns,
    our_migrations,
    rules_broken,
    statements_of,
)

EARLIER = "of a release that is upgraded to with a pause"
FILMS = "films are thousands, and their index is made in a moment"
NEW = "tables that the same migration makes"
IMPORTS = "only imports of members wait for it"
ONE_ROW = "the one row of the policy"
VERSIONS = "a few hundred rows"

# Of each migration: the rules that it does not keep, and why it may.
ACCEPTED: dict[str, dict[str, str]] = {
    "accounts.0003_switches_for_friends": {"ban-drop-default": EARLIER},
    "accounts.0004_sharing": {"ban-drop-column": EARLIER},
    "accounts.0011_token_scopes_and_kept_answers": {"ban-drop-default": EARLIER},
    "accounts.0017_audit_of_datasets": {"ban-drop-table": EARLIER},
    "catalog.0003_ml_100k_link": {"disallowed-unique-constraint": FILMS},
    "catalog.0005_member_imports": {MIXED: NEW},
    "catalog.0010_movies_by_arrival": {"require-concurrent-index-creation": FILMS},
    "catalog.0040_people_and_keywords": {
        "adding-foreign-key-constraint": NEW,
        "adding-required-field": NEW,
        "require-concurrent-index-creation": FILMS,
    },
    "catalog.0051_hidden_films": {"require-concurrent-index-creation": FILMS},
    "catalog.0060_moderation": {"ban-drop-default": EARLIER},
    "catalog.0070_member_import_history": {
        "adding-foreign-key-constraint": NEW,
        "adding-required-field": NEW,
        "ban-drop-default": EARLIER,
        "changing-column-type": "longer texts, for which PostgreSQL rewrites nothing",
        "constraint-missing-not-valid": IMPORTS,
        "require-concurrent-index-creation": IMPORTS,
    },
    "catalog.0072_drop_content": {"ban-drop-column": EARLIER},
    "catalog.0098_collections_of_ones_own": {
        "ban-drop-not-null": "running code finds rows by that number, and reads none",
    },
    "catalog.0099_suitable_films": {"require-concurrent-index-creation": FILMS},
    "catalog.0100_films_by_shown_count": {"require-concurrent-index-creation": FILMS},
    "recommender.0006_sharper_gate": {
        "ban-drop-column": EARLIER,
        "ban-drop-default": EARLIER,
        MIXED: ONE_ROW,
    },
    "recommender.0007_kinds_without_a_list": {
        "ban-drop-constraint": EARLIER,
        "constraint-missing-not-valid": VERSIONS,
    },
}


@pytest.mark.django_db
def test_each_migration_keeps_the_rules_or_says_why_not(tmp_path: Path) -> None:
    found = list(our_migrations())
    alone = {name for name, _, migration in found if not migration.atomic}
    broken = rules_broken({name: text for name, text, _ in found}, tmp_path, alone=alone)
    broken |= {(name, MIXED) for name, _, one in found if mixes_rows_and_columns(one)}
    accepted = {(name, rule) for name, rules in ACCEPTED.items() for rule in rules}
    assert {f"{name}: {rule}" for name, rule in broken - accepted} == set()
    assert accepted - broken == set()


@pytest.mark.django_db
def test_none_of_them_touches_ratings_once_there_are_some() -> None:
    touched = {
        name
        for name, text, _ in our_migrations()
        if re.search(r'(ALTER TABLE|ON) "?catalog_rating\b', text)
    }
    assert touched == {"catalog.0001_initial", "catalog.0002_aggregates_and_search"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("operations", "rule"),
    [
        (
            [migrations.AddIndex("rating", models.Index(fields=["half_stars"], name="by_stars"))],
            "require-concurrent-index-creation",
        ),
        ([migrations.RemoveField("rating", "rated_at")], "ban-drop-column"),
        ([migrations.RenameField("rating", "rated_at", "at")], "renaming-column"),
        (
            [migrations.AddField("rating", "mood", models.IntegerField(default=1))],
            "ban-drop-default",
        ),
    ],
)
def test_what_would_keep_people_waiting_is_found(
    operations: list[Operation], rule: str, tmp_path: Path
) -> None:
    statements = statements_of(operations, "catalog")
    assert ("catalog.next", rule) in rules_broken(
        {"catalog.next": statements}, tmp_path, alone=set()
    )

"""Somebody has decided what becomes of every table that points at films."""

import re

import pytest
from django.apps import apps
from django.db import connection

from catalog.models import Movie
from catalog.services.film_merge.rules import FILLED_COLUMNS, RULES, references_to_films

# Not the member's or the film's own: they say what the film is, or are kept by the database.
NEVER_FILLED = {
    "id",
    "title",
    "search_title",
    "rating_count",
    "half_star_sum",
    "created_at",
    "updated_at",
    "hidden",
}


def test_each_table_with_a_key_of_a_film_has_a_rule() -> None:
    pointing = {model._meta.label for model, _column in references_to_films()}
    assert pointing == set(RULES), "a new table needs a rule in film_merge/rules.py"


def test_each_table_calls_its_film_movie_id() -> None:
    assert {column for _model, column in references_to_films()} == {"movie_id"}


def test_each_rule_knows_the_primary_key_of_its_table() -> None:
    keys = {label: apps.get_model(label)._meta.pk.column for label in RULES}
    assert keys == {label: rule.row for label, rule in RULES.items()}


def test_each_column_of_a_film_is_filled_or_not_on_purpose() -> None:
    columns = {field.name for field in Movie._meta.concrete_fields}
    assert columns == set(FILLED_COLUMNS) | NEVER_FILLED


@pytest.mark.django_db
def test_what_is_unique_in_a_table_stands_in_its_rule() -> None:
    """A row that cannot come back because its place is taken would stop an undo."""
    for label, rule in RULES.items():
        if rule.key is None and not rule.drop:
            continue  # its rows are moved, never removed
        model = apps.get_model(label)
        known = {frozenset(["movie_id", *(rule.key or ())]), *map(frozenset, rule.unique)}
        known |= {frozenset([model._meta.pk.column])}
        for key in unique_keys(model._meta.db_table):
            assert key in known or set(rule.place) & key, (label, key)


def unique_keys(table: str) -> set[frozenset[str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = to_regclass(%s) AND indisunique",
            [table],
        )
        definitions = [definition for (definition,) in cursor.fetchall()]
    inside = [re.search(r"\((.*)\)", text) for text in definitions]
    return {frozenset(one[1].replace('"', "").split(", ")) for one in inside if one}

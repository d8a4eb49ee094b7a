"""What a test that commits leaves behind is what Django's own flush would leave."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection

from catalog.models import Genre, Movie
from tests import quick_flush

Everything = dict[str, list[tuple[object, ...]]]


@pytest.fixture(autouse=True)
def _emptied_before(transactional_db: None) -> None:
    quick_flush.empty("default")  # as after the first test that commits


def everything() -> Everything:
    found: Everything = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True):
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')  # noqa: S608
            if rows := cursor.fetchall():
                found[table] = rows
    return found


def names() -> set[tuple[str, str]]:
    return set(Permission.objects.values_list("content_type__model", "codename"))


def change_what_a_migration_left() -> None:
    film = Movie.objects.create(title="Fargo", year=1996)
    film.genres.add(Genre.objects.create(name="Crime"))
    Group.objects.create(name="left over").permissions.add(Permission.objects.all()[0])
    Permission.objects.all()[1].delete()
    ContentType.objects.create(app_label="nobody", model="nothing")


def test_it_leaves_what_flush_leaves() -> None:
    before, named = everything(), names()
    change_what_a_migration_left()
    assert everything() != before
    quick_flush.empty("default")
    assert everything() == before
    call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
    assert names() == named
    assert set(everything()) == set(before)


def test_a_large_table_is_truncated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick_flush, "SMALL", 0)
    before = everything()
    change_what_a_migration_left()
    with connection.cursor() as cursor:
        quick_flush.empty("default")
        assert everything() == before
        cursor.execute("SELECT pg_relation_size('catalog_movie')")
        assert cursor.fetchone() == (0,)


def test_keys_hold_again_after_it() -> None:
    change_what_a_migration_left()
    quick_flush.empty("default")
    with connection.cursor() as cursor:
        cursor.execute("SHOW session_replication_role")
        assert cursor.fetchone() == ("origin",)

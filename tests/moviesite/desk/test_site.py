"""The front of the desk, and every list of the admin."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import AbstractUser, Group
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Movie
from moviesite.accounts.roles import (
    CATALOG_EDITOR,
    MODEL_OPERATOR,
    MODERATOR,
    Role,
    grant_roles,
)
from tests.markup import flat

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static")]

MOST_QUERIES = 12
# It asks about the schedule and the versions of each kind of model.
MORE_QUERIES = {"/admin/recommender/trainingrun/": 20}
INLINE = r"<style|\sstyle=|<script(?![^>]*\ssrc=)[^>]*>\s*[^<\s]"
BY_HAND = {"dataset", "genre", "country", "language", "savedsearch", "invitation"}
# What grows with the catalog and its raters; the rest is written by hand or by the few.
LARGE = [
    model._meta.db_table
    for model in apps.get_models(include_auto_created=True)
    if model._meta.app_label in {"catalog", "accounts"} and model._meta.model_name not in BY_HAND
]


@pytest.fixture
def plain_static(settings: Any) -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


def lists() -> list[str]:
    return [
        f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        for model in admin.site._registry
    ]


def test_what_waits_stands_first_and_all_tables_last(admin_client: Client) -> None:
    cache.clear()
    for _ in range(2):
        Movie.objects.create(title="Heat", year=1995)
    shown = flat(admin_client.get("/admin/"))
    places = [
        shown.index(text)
        for text in (
            "Needs attention",
            "pair of films may be one film",
            "films have no picture",
            "What would you like to do?",
            "Add a film",
            'id="all-tables"',
            "/admin/catalog/rating/",
        )
    ]
    assert places == sorted(places)


def test_who_edits_nothing_is_told_that_nothing_waits(
    client: Client, django_user_model: type[AbstractUser]
) -> None:
    Movie.objects.create(title="Heat")
    user = django_user_model.objects.create_user("sam", "s@example.org", "secret", is_staff=True)
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    shown = flat(client.get("/admin/"))
    assert "Nothing waits for you." in shown
    assert "no picture" not in shown
    assert "Add a film" not in shown


@pytest.mark.parametrize(
    ("role", "shown", "absent"),
    [
        (MODEL_OPERATOR, ["Training runs", "Model versions"], ["Reports", "Add a film"]),
        (MODERATOR, ["Reports"], ["Training runs", "Add a film"]),
        (CATALOG_EDITOR, ["Add a film", "Possible doubles"], ["Training runs", "Reports"]),
    ],
    ids=lambda value: value.name if isinstance(value, Role) else "",
)
def test_each_role_finds_its_work_on_the_desk(
    client: Client,
    django_user_model: type[AbstractUser],
    role: Role,
    shown: list[str],
    absent: list[str],
) -> None:
    user = django_user_model.objects.create_user("sam", "s@example.org", "secret", is_staff=True)
    user.groups.add(Group.objects.get_or_create(name=role.name)[0])
    grant_roles(sender=None, apps=apps)
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    links = flat(client.get("/admin/")).partition('id="all-tables"')[0]
    assert [text for text in shown if text not in links] == []
    assert [text for text in absent if text in links] == []


def test_each_list_bears_its_name_and_leads_back_to_the_desk(admin_client: Client) -> None:
    for address in lists():
        answer = admin_client.get(address)
        if answer.status_code == 302:  # straight to the one row
            answer = admin_client.get(answer["Location"])
        shown = flat(answer)
        assert "<h1>Select " not in shown, address
        assert "Home</a>" not in shown, address
        assert '<a href="/admin/">Desk</a> ›' in shown, address


def test_an_empty_list_says_so(admin_client: Client) -> None:
    assert "There is nothing here yet." in flat(admin_client.get("/admin/catalog/rating/"))
    Movie.objects.create(title="Heat")
    shown = flat(admin_client.get("/admin/catalog/movie/?q=cold"))
    assert "Nothing was found." in shown
    assert "0 found" in shown
    assert "Nothing was found." not in flat(admin_client.get("/admin/catalog/movie/"))


def test_the_page_of_an_app_lists_its_tables_and_nothing_else(admin_client: Client) -> None:
    shown = flat(admin_client.get("/admin/catalog/"))
    assert "<h1>Catalog</h1>" in shown
    assert "/admin/catalog/rating/" in shown
    assert "Nothing waits for you." not in shown


def test_no_page_of_the_desk_has_inline_scripts_or_styles(admin_client: Client) -> None:
    movie = Movie.objects.create(title="Heat")
    for address in ("/admin/", *lists(), f"/admin/catalog/movie/{movie.pk}/change/"):
        page = admin_client.get(address).content.decode()
        assert not re.search(INLINE, page), address


def test_the_desk_takes_few_queries(admin_client: Client) -> None:
    admin_client.get("/admin/")
    with CaptureQueriesContext(connection) as captured:
        admin_client.get("/admin/")
    assert len(captured) <= MOST_QUERIES


@pytest.mark.parametrize("address", lists())
def test_no_list_counts_or_reads_a_whole_large_table(admin_client: Client, address: str) -> None:
    admin_client.get(address)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE pg_class SET reltuples = 1e6 WHERE relname = ANY(%s)", [LARGE])
    with CaptureQueriesContext(connection) as captured:
        assert admin_client.get(address).status_code in (200, 302)
    assert len(captured) <= MORE_QUERIES.get(address, MOST_QUERIES)
    for query in captured.captured_queries:
        sql = query["sql"]
        read = re.match(r'SELECT .*? FROM "(\w+)"', sql)
        if read and read[1] in LARGE:
            assert " LIMIT " in sql or " WHERE " in sql, sql[-300:]
            assert "COUNT(" not in sql or " LIMIT " in sql, sql[-300:]

"""Searches in the list of films, under a name."""

import pytest
from django.contrib.auth.models import AbstractUser
from django.http import QueryDict
from django.test import Client

from catalog.admin.saved_searches import kept_query
from catalog.models import SavedSearch
from tests.markup import flat

LIST = "/admin/catalog/movie/"


def test_a_search_is_saved_and_offered(desk: Client, editor: AbstractUser) -> None:
    assert "Save this search" in flat(desk.get(f"{LIST}?picture=none"))
    values = {"name": "No pictures", "query": "picture=none&p=3&q="}
    answer = desk.post(f"{LIST}searches/", values)
    assert answer["Location"] == f"{LIST}?picture=none"
    shown = flat(desk.get(answer["Location"]))
    assert "No pictures" in shown
    assert "Save this search" not in shown
    assert "No pictures" in flat(desk.get("/admin/"))


def test_the_same_name_means_the_newer_search(desk: Client) -> None:
    for query in ("picture=none", "hidden__exact=1"):
        desk.post(f"{LIST}searches/", {"name": "Mine", "query": query})
    assert SavedSearch.objects.get().query == "hidden__exact=1"


@pytest.mark.parametrize("shared", [True, False])
def test_only_shared_searches_are_offered_to_others(
    desk: Client, ada: AbstractUser, shared: bool
) -> None:
    search = SavedSearch.objects.create(editor=ada, name="Hers", query="q=a", shared=shared)
    assert ("Hers" in flat(desk.get(LIST))) is shared
    assert desk.post(f"{LIST}searches/{search.pk}/remove/").status_code == 404
    assert SavedSearch.objects.exists()


def test_ones_own_are_removed(desk: Client, editor: AbstractUser) -> None:
    search = SavedSearch.objects.create(editor=editor, name="Mine", query="q=a")
    desk.post(f"{LIST}searches/{search.pk}/remove/")
    assert not SavedSearch.objects.exists()


@pytest.mark.parametrize(
    "values", [{}, {"name": "x"}, {"query": "q=a"}, {"name": "x" * 61, "query": "q=a"}]
)
def test_what_has_no_name_or_search_is_not_saved(desk: Client, values: dict[str, str]) -> None:
    assert "give it a name" in flat(desk.post(f"{LIST}searches/", values, follow=True))
    assert not SavedSearch.objects.exists()


def test_who_may_not_see_films_saves_no_search(stranger: Client) -> None:
    assert stranger.post(f"{LIST}searches/", {"name": "x", "query": "q=a"}).status_code == 403


def test_where_a_page_stands_is_no_part_of_a_search() -> None:
    assert kept_query(QueryDict("q=b&p=2&adult__exact=1&q=a&o=")) == "adult__exact=1&q=a&q=b"

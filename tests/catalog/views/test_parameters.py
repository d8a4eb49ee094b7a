"""Keys and pages that a request names."""

import pytest
from django.test import Client, RequestFactory

from catalog.models import Movie
from catalog.views.parameters import key_in, keys_in, page_context


@pytest.mark.parametrize(
    ("text", "key"),
    [("7", 7), ("007", 7), ("9" * 18, 10**18 - 1), ("9" * 19, None), ("", None), ("-1", None)],
)
def test_a_text_is_a_key_or_none(text: str, key: int | None) -> None:
    assert key_in(text) == key


def test_keys_come_once_each_in_their_order() -> None:
    assert keys_in(["3", "x", "1", "3", "²", "2"]) == [3, 1, 2]


@pytest.mark.parametrize(("page", "items"), [("2", [3, 4]), ("9", [5]), ("x", [1, 2])])
def test_a_page_out_of_bounds_is_the_nearest(page: str, items: list[int]) -> None:
    context = page_context(RequestFactory().get("/", {"page": page}), [1, 2, 3, 4, 5], 2)
    assert context["page"].object_list == items
    assert list(context["page_numbers"]) == [1, 2, 3]


@pytest.mark.parametrize("address", ["/movies/", "/watchlist/", "/ratings/"])
@pytest.mark.usefixtures("plain_static")
def test_what_a_page_cannot_filter_by_is_said(member: Client, address: str) -> None:
    plain = "cannot filter by"
    assert plain not in member.get(address, {"page": "1", "utm_source": "x"}).content.decode()
    page = member.get(address, {"director": "<b>", "sort": "loudest"}).content.decode()
    assert "cannot filter by “director”, “sort”: they were left out" in page
    one = member.get(address, {"<b>": "x"}).content.decode()
    assert "cannot filter by “&lt;b&gt;”: it was left out" in one


@pytest.mark.usefixtures("plain_static")
def test_other_filters_still_hold(member: Client, films: list[Movie]) -> None:
    page = member.get("/movies/", {"q": films[0].title, "director": "x"})
    assert films[0] in page.context["movies"]

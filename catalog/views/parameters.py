"""What requests name in their query or form: primary keys, pages of a list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypedDict

from django.core.paginator import Page, Paginator
from django.forms import BaseForm
from django.http import HttpRequest

from catalog.models import Movie
from catalog.queries.films_by_key import name_films_among
from catalog.queries.search import resolve_title

LONGEST_NAME, MOST_NAMES = 40, 5  # of what an address may say and a page repeats
MOST_DIGITS = 18  # a primary key has 64 bits: a longer number is no key, and no server error


def key_in(text: str) -> int | None:
    """The primary key that a text says; None where it says none."""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None


def keys_in(texts: Iterable[str]) -> list[int]:
    """The primary keys that some texts say, each once, in their order."""
    keys = (key_in(text) for text in texts)
    return list(dict.fromkeys(key for key in keys if key is not None))


def marks_in(request: HttpRequest) -> dict[str, str]:
    """``Shown-Marks: top-picks:1a2b3c,7:4d5e6f``: what a page shows already, by row and film."""
    told = request.headers.get("Shown-Marks", "")
    return dict(one.split(":", 1) for one in told.split(",") if ":" in one)


def left_out(request: HttpRequest, form: BaseForm, *others: str) -> list[str]:
    """What a query names that its page does not know, or with a value that is no choice there."""
    form.is_valid()
    known = {*form.fields, "page", *others}
    unknown = (name for name in request.GET if name not in known and not name.startswith("utm_"))
    wrong = (name for name in form.errors if request.GET.get(name))
    return [name[:LONGEST_NAME] for name in (*unknown, *wrong)][:MOST_NAMES]


def film_asked_for(fields: Mapping[str, str]) -> Movie | None:
    """The film that a box for films sent: ``movie`` is a key, else ``title`` is looked up."""
    if (key := key_in(fields.get("movie", ""))) is not None:
        return Movie.objects.visible().filter(pk=key).first()
    title = fields.get("title", "").strip()[:200]
    return resolve_title(title).movie if title else None


class PageContext(TypedDict):
    """What ``components/pages.html`` needs, with the items of the page as a list."""

    page: Page
    page_numbers: Iterator[str | int]


def page_context(
    request: HttpRequest, items: Any, size: int, paginator: type[Paginator] = Paginator
) -> PageContext:
    """The page of ``items`` that ``?page=`` names: the first or last for a number that is none."""
    page = paginator(items, size).get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    name_films_among(page.object_list)
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1)
    return {"page": page, "page_numbers": numbers}

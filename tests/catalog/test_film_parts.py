"""Parts of a film's page that somebody else draws."""

from typing import Any

from django.test import RequestFactory
from django.utils.html import format_html

from catalog import film_parts
from catalog.models import Movie


def test_a_part_is_drawn_by_who_registered_and_empty_otherwise() -> None:
    request, movie = RequestFactory().get("/"), Movie(title="Heat")
    assert film_parts.drawn("part-of-a-test", request, movie) == ""

    def draw(_request: Any, film: Movie) -> Any:
        return format_html("<p>{}</p>", film.title)

    film_parts.draw_with("part-of-a-test", draw)
    assert film_parts.drawn("part-of-a-test", request, movie) == "<p>Heat</p>"

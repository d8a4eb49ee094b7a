"""Finding films: the list with its filters, and the search in the header."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from catalog.forms.browse import BrowseForm
from catalog.models import Movie
from catalog.models.movie import MovieQuerySet
from catalog.predictions import with_guesses
from catalog.queries.answer import Answer, answer
from catalog.queries.charts import charts
from catalog.queries.films_by_key import card_movies, name_locally
from catalog.rendering.country_names import country_name
from catalog.services.film_requests import may_add

from .parameters import left_out, page_context

PAGE_SIZE = 48
MOST_PAGES = 100
MOST_FOUND = 240  # of a search: what comes later is not what was meant
HEADER_BOX = "suggestions"
SUGGESTIONS = 8
PEOPLE_SHOWN = 6
PEOPLE_SUGGESTED = 3


class BoundedPaginator(Paginator):
    """Pages up to a bound: nobody reads page 900, and reaching it costs the database most."""

    @property
    def num_pages(self) -> int:
        return min(super().num_pages, MOST_PAGES)


@require_safe
@vary_on_headers("HX-Request")
def browse(request: HttpRequest) -> HttpResponse:
    form = BrowseForm(request.GET, user=request.user)
    wanted = form.wanted()
    movies = form.narrow(Movie.objects.suitable())
    answered = None
    if "q" in wanted:
        answered = answer(wanted["q"], films=MOST_FOUND, people=PEOPLE_SHOWN, within=movies)
    found = _found(form, movies, wanted, answered)
    paged = page_context(request, found, PAGE_SIZE, BoundedPaginator)
    keys = paged["page"].object_list
    mine = form.streaming
    films = card_movies(
        keys,
        request.user,
        country=mine.country if mine else "",
        services=mine.providers if mine else (),
    )
    shown = [films[key] for key in keys if key in films]
    context = {
        "form": form,
        **paged,
        "movies": shown,
        "cards": with_guesses(shown, form.predictions),
        "wanted": wanted,
        "left_out": left_out(request, form),
        "people": answered.people if answered else [],
        "elsewhere": "q" in wanted and may_add(request.user),
        "is_answered": answered is None or answered.is_good,
        "country_name": country_name(settings.MATINEE_COUNTRIES[0]),
        "charts": [] if request.GET else charts(request.user),
    }
    whole = not request.htmx or request.htmx.history_restore_request  # type: ignore[attr-defined]
    return render(request, "catalog/browse.html" if whole else "catalog/_results.html", context)


def _found(
    form: BrowseForm, movies: MovieQuerySet, wanted: Mapping[str, str], answered: Answer | None
) -> Any:
    """Keys of the films, in the order asked for: a search's own order unless one was chosen."""
    if answered is None:
        return form.arrange(movies)
    if "sort" not in wanted:
        return answered.keys
    return form.arrange(Movie.objects.filter(pk__in=answered.keys))


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """What is found under a search box while one types; ``list`` tells two boxes apart.

    People are offered by the box in the header alone: in the others films are collected.
    """
    text = request.GET.get("q", "").strip()[:200]
    box = request.htmx.target or HEADER_BOX  # type: ignore[attr-defined]
    answered = answer(
        text, films=SUGGESTIONS, people=PEOPLE_SUGGESTED, within=Movie.objects.suitable()
    )
    movies = answered.movies()
    name_locally(movies)
    context = {
        "movies": movies,
        "people": answered.people if box == HEADER_BOX else [],
        "text": text,
        "list": box,
        "elsewhere": may_add(request.user),
    }
    return render(request, "catalog/_suggestions.html", context)

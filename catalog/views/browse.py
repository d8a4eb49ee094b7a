"""Finding films: the list with its filters, and the search in the header."""

from collections.abc import Mapping, Sequence
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
from catalog.queries.charts import charts
from catalog.queries.films_by_key import card_movies, name_locally
from catalog.queries.people import FoundPerson, find_people
from catalog.queries.search import search_keys, search_movies
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
    people = find_people(wanted.get("q", ""), limit=PEOPLE_SHOWN)
    found, is_answered = _found(form, form.narrow(Movie.objects.suitable()), wanted, people)
    paged = page_context(request, found, PAGE_SIZE, BoundedPaginator)
    keys = paged["page"].object_list
    films = card_movies(keys, request.user)
    movies = [films[key] for key in keys if key in films]
    context = {
        "form": form,
        **paged,
        "movies": movies,
        "cards": with_guesses(movies, form.predictions),
        "wanted": wanted,
        "left_out": left_out(request, form),
        "people": [one.person for one in people],
        "elsewhere": "q" in wanted and may_add(request.user),
        "is_answered": is_answered,
        "country_name": country_name(settings.MATINEE_COUNTRIES[0]),
        "charts": [] if request.GET else charts(request.user),
    }
    whole = not request.htmx or request.htmx.history_restore_request  # type: ignore[attr-defined]
    return render(request, "catalog/browse.html" if whole else "catalog/_results.html", context)


def _found(
    form: BrowseForm,
    movies: MovieQuerySet,
    wanted: Mapping[str, str],
    people: Sequence[FoundPerson],
) -> tuple[Any, bool]:
    """Keys of the films, in the order asked for: a search's own order unless one was chosen.

    Second, whether a search was answered well.
    """
    if "q" not in wanted:
        return form.arrange(movies), True
    keys, is_answered = search_keys(wanted["q"], limit=MOST_FOUND, within=movies, people=people)
    if "sort" not in wanted:
        return keys, is_answered
    return form.arrange(Movie.objects.filter(pk__in=keys)), is_answered


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """What is found under a search box while one types; ``list`` tells two boxes apart.

    People are offered by the box in the header alone: in the others films are collected.
    """
    text = request.GET.get("q", "").strip()[:200]
    box = request.htmx.target or HEADER_BOX  # type: ignore[attr-defined]
    people = find_people(text, limit=PEOPLE_SUGGESTED)
    movies = search_movies(text, limit=SUGGESTIONS, within=Movie.objects.suitable(), people=people)
    name_locally(movies)
    context = {
        "movies": movies,
        "people": [one.person for one in people] if box == HEADER_BOX else [],
        "text": text,
        "list": box,
        "elsewhere": may_add(request.user),
    }
    return render(request, "catalog/_suggestions.html", context)

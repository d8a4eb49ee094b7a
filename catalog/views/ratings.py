"""A member's own pages: ratings, hidden films, films seen."""

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.forms.browse import RatingsForm
from catalog.forms.personal import star_choices
from catalog.models import HiddenMovie, MovieList, Rating, SeenMovie
from catalog.rendering.histogram import Histogram

from .parameters import left_out, page_context
from .responses import member_id, member_required

PAGE_SIZE = 48


@require_safe
@member_required
def ratings(request: HttpRequest) -> HttpResponse:
    """``?select=1`` offers to select several, and to change them at once."""
    mine = Rating.objects.filter(user_id=member_id(request))
    form = RatingsForm(request.GET)
    shown = form.apply(mine.select_related("movie").prefetch_related("movie__genres"))
    counts = dict(mine.order_by().values_list("half_stars").annotate(films=Count("pk")))
    total = sum(counts.values())
    mean = sum(half * films for half, films in counts.items()) / total / 2 if total else None
    selecting = "select" in request.GET
    return render(
        request,
        "catalog/ratings.html",
        {
            "form": form,
            "left_out": left_out(request, form, "select"),
            **page_context(request, shown, PAGE_SIZE),
            "histogram": Histogram.of(counts),
            "mean": mean,
            "selecting": selecting,
            "lists": _titles_of_lists(request) if selecting else [],
            "star_choices": star_choices(),
        },
    )


def _titles_of_lists(request: HttpRequest) -> list[tuple[int, str]]:
    mine = MovieList.objects.filter(user_id=member_id(request))
    return list(mine.order_by("title", "pk").values_list("pk", "title"))


@require_safe
@member_required
def hidden(request: HttpRequest) -> HttpResponse:
    entries = HiddenMovie.objects.filter(user_id=member_id(request))
    return _marked_films(request, "catalog/hidden.html", entries)


@require_safe
@member_required
def seen(request: HttpRequest) -> HttpResponse:
    """What is marked as seen; what is rated or in the diary has pages of its own."""
    marks = SeenMovie.objects.filter(user_id=member_id(request))
    return _marked_films(request, "catalog/seen.html", marks)


def _marked_films(
    request: HttpRequest, template: str, marks: QuerySet[HiddenMovie] | QuerySet[SeenMovie]
) -> HttpResponse:
    films = marks.select_related("movie").prefetch_related("movie__genres")
    return render(request, template, page_context(request, films, PAGE_SIZE))

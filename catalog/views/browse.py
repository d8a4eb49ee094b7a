"""Finding films: the list with its filters, and the search in the header."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from ..forms import BrowseForm
from ..marks import with_marks
from ..models import Movie
from ..models.movie import fold

PAGE_SIZE = 48
MOST_PAGES = 100
SUGGESTIONS = 8


class BoundedPaginator(Paginator):
    """Pages up to a bound: nobody reads page 900, and reaching it costs the database most."""

    @property
    def num_pages(self) -> int:
        return min(super().num_pages, MOST_PAGES)


def matching(text: str):  # type: ignore[no-untyped-def]
    return Movie.objects.filter(search_title__contains=fold(text))


@require_safe
@vary_on_headers("HX-Request")
def browse(request: HttpRequest) -> HttpResponse:
    form = BrowseForm(request.GET, user=request.user)
    wanted = form.wanted()
    movies = matching(wanted["q"]) if "q" in wanted else Movie.objects.all()
    movies = form.arrange(form.narrow(movies.suitable()))
    found = with_marks(movies.prefetch_related("genres"), request.user)
    page = BoundedPaginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "wanted": wanted,
        "page_numbers": page.paginator.get_elided_page_range(page.number, on_each_side=1),
    }
    whole = not request.htmx or request.htmx.history_restore_request  # type: ignore[attr-defined]
    return render(request, "catalog/browse.html" if whole else "catalog/_results.html", context)


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """The films under the header's search box, while a title is typed."""
    text = request.GET.get("q", "").strip()[:200]
    movies = (
        matching(text).suitable().prefetch_related("genres").order_by("-rating_count", "pk")
        if text
        else Movie.objects.none()
    )
    return render(
        request, "catalog/_suggestions.html", {"movies": movies[:SUGGESTIONS], "text": text}
    )

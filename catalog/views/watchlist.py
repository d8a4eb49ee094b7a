"""The films that a member wants to see, those first that the member would like most."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.forms.browse import WatchlistForm
from catalog.models import Movie, WatchlistEntry
from catalog.predictions import Lacking, predictions_for, with_guesses
from catalog.queries.marks import with_marks
from catalog.queries.seen import seen_by

from .responses import member_id, member_required

PAGE_SIZE = 48


@require_safe
@member_required
def watchlist(request: HttpRequest) -> HttpResponse:
    """``cards`` are pairs of a film that is not seen yet and its predicted stars, or None."""
    answer = predictions_for(request.user)
    predictions = None if isinstance(answer, Lacking) else answer
    form = WatchlistForm(request.GET, predictions=predictions)
    user_id = member_id(request)
    entries = WatchlistEntry.objects.filter(~seen_by(user_id, "movie_id"), user_id=user_id)
    page = Paginator(form.arrange(entries), PAGE_SIZE).get_page(request.GET.get("page"))
    keys = list(page.object_list)
    films = with_marks(Movie.objects.prefetch_related("genres"), request.user).in_bulk(keys)
    shown = [films[key] for key in keys if key in films]
    return render(
        request,
        "catalog/watchlist.html",
        {
            "form": form,
            "lacking": answer if predictions is None else None,
            "page": page,
            "page_numbers": page.paginator.get_elided_page_range(page.number, on_each_side=1),
            "cards": with_guesses(shown, predictions),
        },
    )

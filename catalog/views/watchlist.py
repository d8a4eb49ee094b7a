"""The films that a member wants to see, those first that the member would like most."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.forms.browse import WatchlistForm
from catalog.models import StreamingChoice, WatchlistEntry
from catalog.predictions import Lacking, predictions_for, with_guesses
from catalog.queries.films_by_key import card_movies
from catalog.queries.providers import name_services
from catalog.queries.seen import seen_by

from .parameters import left_out, page_context
from .responses import member_id, member_required
from .subscriptions import narrowed

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
    entries, services = narrowed(request, entries)
    paged = page_context(request, form.arrange(entries), PAGE_SIZE)
    keys = paged["page"].object_list
    films = card_movies(keys, request.user, hidden=True)
    shown = [films[key] for key in keys if key in films]
    if services:
        name_services(shown, StreamingChoice.of(user_id))
    return render(
        request,
        "catalog/watchlist.html",
        {
            "form": form,
            "services": services,
            "left_out": left_out(request, form),
            "lacking": answer if predictions is None else None,
            **paged,
            "cards": with_guesses(shown, predictions),
        },
    )

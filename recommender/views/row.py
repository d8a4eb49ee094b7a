"""The page with all films of a row."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog.views.parameters import left_out, page_context
from recommender.data.histories import History, history_of
from recommender.pages.cards import cards
from recommender.pages.row_page import filtered, part_of, row_page
from recommender.pages.saved_filters import filters_for
from recommender.serving import Recommender

PAGE_SIZE = 48


@require_safe
@never_cache
def row(request: HttpRequest, key: str) -> HttpResponse:
    """``row`` with ``cards`` of one page; ``genre``, ``decade`` and ``length`` narrow it."""
    history = history_of(request.user.pk) if request.user.pk else History()
    filters, form = filtered(filters_for(request), request.GET)
    recommender = Recommender(history, filters)
    found = row_page(recommender, key)
    if found is None:
        raise Http404
    paged = page_context(request, range(len(found.ranking)), PAGE_SIZE)
    start = paged["page"].start_index() - 1 if paged["page"].object_list else 0
    shown = part_of(found.ranking, slice(start, start + PAGE_SIZE))
    context = {
        "row": found,
        "form": form,
        "recommender": recommender,
        "left_out": left_out(request, form),
        **paged,
        "cards": cards(recommender, shown),
    }
    return render(request, "recommender/row.html", context)

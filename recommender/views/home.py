"""The home page: personal rows for a member, popular films for everybody else."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from catalog.hooks.stars import films_to_rate
from catalog.queries.film import open_film
from catalog.rendering.local_time import local_now
from catalog.views.parameters import key_in, marks_in
from catalog.views.responses import member_id, member_required
from recommender.data.histories import History, history_of
from recommender.pages.changes import change_in_words
from recommender.pages.home import home_rows
from recommender.pages.news import news_for
from recommender.pages.proof import proofs
from recommender.pages.rotation import Turn
from recommender.pages.saved_filters import filters_for
from recommender.pages.tonight import keep_answer, keep_wish, tonight_for
from recommender.serving import Recommender

ANSWERS = "answers"  # the element with the rows, which asks for them again after each deed


@require_safe
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """``rows`` of cards; ``invite`` is true for those of whom nothing is known yet.

    The rows alone for htmx, with a sentence on what a deed changed. The header ``Shown-Marks``
    names rows and films that the page has already: one that would be the same comes empty.
    """
    if request.htmx and request.htmx.target == ANSWERS:  # type: ignore[attr-defined]
        return _rows_alone(request)
    context = _rows(request)
    recommender: Recommender = context["recommender"]
    context |= {
        "news": news_for(request.user, context["rows"]) if request.user.pk else None,
        "invite": not len(recommender.history),
        "proof": [] if request.user.pk else proofs(),
        "rating_count": len(recommender.history),
        "filters_active": recommender.filters.narrow,
        "to_rate": films_to_rate(request.user.pk) if request.user.pk else [],
    }
    return render(request, "recommender/home.html", context)


@require_POST
@member_required
def tonight(request: HttpRequest) -> HttpResponse:
    """``length`` and ``mood`` are wishes; ``answer`` to ``movie`` is ``taken`` or ``another``."""
    if "length" in request.POST or "mood" in request.POST:
        keep_wish(request, request.POST.dict())
    answer, key = request.POST.get("answer", ""), key_in(request.POST.get("movie", ""))
    if answer in ("taken", "another") and key is not None:
        movie = open_film(key, request.user)
        keep_answer(request, member_id(request), movie.pk, taken=answer == "taken")
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("home")
    return _rows_alone(request)


def _rows_alone(request: HttpRequest) -> HttpResponse:
    context = _rows(request)
    now = (card.movie for row in context["rows"] for card in row.cards)
    context["marks"] = marks_in(request)
    context["change"] = change_in_words(request.GET, context["marks"], now)
    return render(request, "recommender/_rows.html", context)


def _rows(request: HttpRequest) -> dict[str, Any]:
    history = history_of(request.user.pk) if request.user.pk else History()
    recommender = Recommender(history, filters_for(request))
    tonight = tonight_for(request, recommender)
    turn = Turn(request.user.pk, local_now(request).toordinal()) if request.user.pk else None
    return {
        "recommender": recommender,
        "tonight": tonight,
        "rows": home_rows(recommender, tonight.movie_ids if tonight else (), turn),
    }

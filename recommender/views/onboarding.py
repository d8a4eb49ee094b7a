"""Onboarding: a few films to rate, chosen anew after every answer, and the picks so far."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog.views.parameters import keys_in
from recommender.pages.first_ratings import onboarding_grid
from recommender.serving.member import recommender_for

GOAL = 5
MOST_NAMED = 300


@require_safe
@never_cache
@login_required
def onboarding(request: HttpRequest) -> HttpResponse:
    """``?skip=1,2`` are films that the member does not know; ``shown=3,4`` are in the grid now.

    Context: ``cards`` to rate, ``picks`` so far, ``rating_count`` of the ``goal``, ``skip`` and
    ``shown``. What stands in the grid is no pick.
    """
    recommender = recommender_for(request.user.pk)  # type: ignore[arg-type]
    skipped, shown = _movie_ids(request, "skip"), _movie_ids(request, "shown")
    grid = onboarding_grid(recommender, skipped, shown)
    context = {
        "cards": grid.cards,
        "picks": grid.picks,
        "rating_count": len(recommender.history),
        "goal": GOAL,
        "skip": ",".join(map(str, skipped)),
        "shown": ",".join(map(str, grid.shown)),
    }
    part = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    template = "recommender/_onboarding.html" if part else "recommender/onboarding.html"
    return render(request, template, context)


def _movie_ids(request: HttpRequest, name: str) -> list[int]:
    return keys_in(",".join(request.GET.getlist(name)).split(","))[-MOST_NAMED:]

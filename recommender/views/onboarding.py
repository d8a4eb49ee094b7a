"""The first minute: a few films to rate, chosen anew after every answer, and what comes of it."""

import numpy as np
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from numpy.typing import NDArray

from recommender.pages.cards import draft, films_of
from recommender.serving.elicitation import informative
from recommender.serving.member import recommender_for
from recommender.serving.recommender import Recommender

GRID = 12
PICKS = 6
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
    person = recommender_for(request.user.pk)  # type: ignore[arg-type]
    skipped, shown = _movie_ids(request, "skip"), _movie_ids(request, "shown")
    skip = _mask(person, skipped)
    asked = draft(person, informative(person, GRID, skip), explain=False)
    shown = shown or list(asked.movie_ids)
    skip |= _mask(person, shown)
    picks = draft(person, person.top_picks(PICKS, skip)) if len(person.history) else None
    films = films_of([asked, picks] if picks else [asked])
    context = {
        "cards": asked.cards(films),
        "picks": picks.cards(films) if picks else [],
        "rating_count": len(person.history),
        "goal": GOAL,
        "skip": ",".join(map(str, skipped)),
        "shown": ",".join(map(str, shown)),
    }
    part = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    template = "recommender/_onboarding.html" if part else "recommender/onboarding.html"
    return render(request, template, context)


def _movie_ids(request: HttpRequest, name: str) -> list[int]:
    given = ",".join(request.GET.getlist(name)).split(",")
    numbers = [int(text) for text in given if text.isdecimal() and len(text) < 19]
    return list(dict.fromkeys(numbers))[-MOST_NAMED:]


def _mask(person: Recommender, movie_ids: list[int]) -> NDArray[np.bool_]:
    """bool (num_movies,): is one of them."""
    mask = np.zeros(len(person.live.catalog), np.bool_)
    rows = person.live.catalog.rows_of(np.array(movie_ids, np.int64))
    mask[rows[rows >= 0]] = True
    return mask

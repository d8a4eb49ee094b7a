"""Parts of the film page that load by themselves, so that the catalog need not know of us."""

import numpy as np
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog.models import Movie
from catalog.predictions import guesses_for
from recommender.pages.cards import cards
from recommender.pages.saved_filters import filters_for
from recommender.pages.similar import similar_to
from recommender.serving.member import recommender_for
from recommender.serving.recommender import Ranking

SIMILAR = 12


@require_safe
@never_cache
def similar(request: HttpRequest, pk: int) -> HttpResponse:
    """``cards``: films like this one, each with its predicted stars or None."""
    movie = get_object_or_404(Movie, pk=pk)
    found = similar_to(pk, SIMILAR, filters_for(request), request.user)
    alike = guesses_for([movie for movie, _ in found.movies], request.user)
    context = {"movie": movie, "cards": alike}
    return render(request, "recommender/_similar.html", context)


@require_safe
@never_cache
def prediction(request: HttpRequest, pk: int) -> HttpResponse:
    """``card`` of the film for a member with ratings: predicted stars and why; else None."""
    movie = get_object_or_404(Movie, pk=pk)
    card = None
    if request.user.pk:
        person = recommender_for(request.user.pk)
        rows = person.live.catalog.rows_of(np.array([pk]))
        if len(person.history) and rows[0] >= 0 and person.stars is not None:
            ranking = Ranking(
                rows=rows, scores=person.stars[rows], source="factorization", version=""
            )
            card = next(iter(cards(person, ranking)), None)
    return render(request, "recommender/_prediction.html", {"movie": movie, "card": card})

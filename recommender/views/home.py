"""The home page: personal rows for a member, popular films for everybody else."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog.hooks.stars import films_to_rate
from recommender.data.histories import History, history_of
from recommender.pages.home import home_rows
from recommender.pages.proof import proofs
from recommender.pages.saved_filters import filters_for
from recommender.serving import Recommender


@require_safe
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """``rows`` of cards; ``invite`` is true for those of whom nothing is known yet."""
    history = history_of(request.user.pk) if request.user.pk else History()
    recommender = Recommender(history, filters_for(request))
    return render(
        request,
        "recommender/home.html",
        {
            "rows": home_rows(recommender),
            "invite": not len(recommender.history),
            "proof": [] if request.user.pk else proofs(),
            "rating_count": len(recommender.history),
            "filters_active": recommender.filters.narrow,
            "to_rate": films_to_rate(request.user.pk) if request.user.pk else [],
        },
    )

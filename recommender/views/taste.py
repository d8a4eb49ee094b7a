"""The taste page: what a member's ratings say about their taste."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from recommender.data.histories import history_of
from recommender.pages.taste import taste_of
from recommender.serving.model_scores import ModelScores


@require_safe
@never_cache
@login_required
def taste(request: HttpRequest) -> HttpResponse:
    """Context: ``taste``, see :class:`recommender.pages.taste.Taste`."""
    scores = ModelScores(history_of(request.user.pk))  # type: ignore[arg-type]
    return render(request, "recommender/taste.html", {"taste": taste_of(scores)})

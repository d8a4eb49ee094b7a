"""Watch together: films for a member and chosen friends."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from recommender.pages.together import MOST_MEMBERS, for_group, willing_friends
from recommender.serving.member import filters_of

SHOWN = 24


@require_safe
@never_cache
@login_required
def together(request: HttpRequest) -> HttpResponse:
    """``?member=name&member=name``: films for them and the member who asks.

    Context: friends as ``candidates``, ``chosen`` of them, ``cards`` for the group.
    """
    candidates = willing_friends(request.user.pk)  # type: ignore[arg-type]
    names = set(request.GET.getlist("member"))
    chosen = [user for user in candidates if user.get_username() in names][: MOST_MEMBERS - 1]
    cards = []
    if chosen:
        filters = filters_of(request.user.pk)  # type: ignore[arg-type]
        cards = for_group([request.user, *chosen], filters, SHOWN)  # type: ignore[list-item]
    context = {"candidates": candidates, "chosen": chosen, "cards": cards}
    return render(request, "recommender/together.html", context)

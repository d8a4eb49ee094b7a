"""Watch together: films for a member and chosen friends, and the start of a movie night."""

from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from catalog.rendering.country_names import country_of
from catalog.services.movie_nights import (
    FEWEST_PEOPLE,
    MINUTES,
    MOST_FILMS,
    MOST_PEOPLE,
    NightError,
    start_night,
)
from catalog.views.parameters import left_out
from catalog.views.responses import refused
from recommender.pages.group_filters import GroupForm
from recommender.pages.together import MOST_MEMBERS, GroupCard, for_group, willing_friends
from recommender.serving.member import filters_of

SHOWN = 24


@require_safe
@never_cache
@login_required
def together(request: HttpRequest) -> HttpResponse:
    """``?member=name&member=name``: films for them and the member who asks.

    Context: friends as ``candidates``, ``chosen`` of them, ``cards`` for the group, ``form``.
    """
    candidates = willing_friends(request.user.pk)  # type: ignore[arg-type]
    chosen = _chosen(candidates, request.GET)
    form = _form(request, request.GET, chosen)
    context: dict[str, Any] = {
        "candidates": candidates,
        "chosen": chosen,
        "cards": _cards(request, chosen, form, SHOWN) if chosen else [],
        "form": form,
        "left_out": left_out(request, form, "member"),
        "people": max(len(chosen) + 1, FEWEST_PEOPLE),
        "sizes": range(FEWEST_PEOPLE, MOST_PEOPLE + 1),
        "minutes": MINUTES,
    }
    return render(request, "recommender/together.html", context)


@require_POST
@login_required
def start(request: HttpRequest) -> HttpResponse:
    """A movie night with the best films for the group, on which guests can vote as well."""
    chosen = _chosen(willing_friends(request.user.pk), request.POST)  # type: ignore[arg-type]
    form = _form(request, request.POST, chosen)
    cards = _cards(request, chosen, form, MOST_FILMS)
    people, minutes = request.POST.get("people", ""), request.POST.get("minutes", "")
    try:
        night = start_night(
            host_id=cast(int, request.user.pk),
            movie_ids=[card.movie.pk for card in cards],
            people=int(people) if people.isdecimal() else 0,
            minutes=int(minutes) if minutes.isdecimal() else 0,
        )
    except NightError as error:
        return refused(request, str(error), reverse("recommender:together"))
    # nosemgrep: TNT-REDIR-001 -- the page of the night just made
    return redirect("catalog:night", night.code)


def _form(request: HttpRequest, fields: QueryDict, chosen: list[AbstractBaseUser]) -> GroupForm:
    group = [cast(int, one.pk) for one in (request.user, *chosen)]
    return GroupForm(fields, country=country_of(request), group=group)


def _chosen(candidates: list[AbstractBaseUser], fields: QueryDict) -> list[AbstractBaseUser]:
    names = set(fields.getlist("member"))
    return [user for user in candidates if user.get_username() in names][: MOST_MEMBERS - 1]


def _cards(
    request: HttpRequest, chosen: list[AbstractBaseUser], form: GroupForm, n: int
) -> list[GroupCard]:
    filters = form.narrowed(filters_of(cast(int, request.user.pk)))
    group = [cast(AbstractBaseUser, request.user), *chosen]
    return for_group(group, filters, n, form.offered())

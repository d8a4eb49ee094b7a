"""My services: where a member watches films."""

from typing import TypeVar

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from catalog.models import StreamingChoice
from catalog.queries.providers import providers_in
from catalog.rendering.country_names import country_name, country_of
from catalog.services.subscriptions import choose_services, show_only_mine

from .parameters import keys_in
from .responses import back, member_id, member_required

Rows = TypeVar("Rows", bound=Model)


def narrowed(request: HttpRequest, rows: QuerySet[Rows]) -> tuple[QuerySet[Rows], str]:
    """Rows about films, with ``?services=mine`` those on the reader's services alone.

    And what a page offers: "on", "off", or "" to somebody who has named none.
    """
    choice = StreamingChoice.of(request.user.pk)
    if choice is None:
        return rows, ""
    if request.GET.get("services") != "mine":
        return rows, "off"
    return rows.filter(choice.includes("movie_id")), "on"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@member_required
def services(request: HttpRequest) -> HttpResponse:
    """``provider`` is chosen any number of times; ``only_mine`` keeps all other films away."""
    country = country_of(request)
    if request.method == "POST":
        choose_services(
            user_id=member_id(request),
            country=country,
            providers=keys_in(request.POST.getlist("provider")),
            only_mine="only_mine" in request.POST,
        )
        messages.success(request, _("Your choices were saved"))
        return redirect("catalog:services")
    chosen = StreamingChoice.of(member_id(request))
    keys = set(chosen.providers) if chosen and chosen.country == country else set()
    context = {
        "providers": [(one, one.pk in keys) for one in providers_in(country, keys)],
        "only_mine": bool(chosen and chosen.only_mine),
        "country_name": country_name(country),
        "elsewhere": country_name(chosen.country) if chosen and not keys else "",
    }
    return render(request, "catalog/services.html", context)


@require_POST
@member_required
def only_mine(request: HttpRequest) -> HttpResponse:
    """``on`` is 1 to be recommended only what the services have, 0 for all films."""
    if not show_only_mine(user_id=member_id(request), on=request.POST.get("on") == "1"):
        return redirect("catalog:services")
    return redirect(back(request, reverse("home")))

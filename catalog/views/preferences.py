"""The theme and the country, each kept in a cookie."""

from collections.abc import Collection

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from catalog.rendering.country_names import COOKIE

from .responses import back

THEMES = ("light", "dark")
YEAR = 365 * 24 * 3600


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or (anything else) as the system says; kept in a cookie so nothing flashes."""
    return _kept(request, "theme", request.POST.get("theme", ""), THEMES)


@require_POST
def country(request: HttpRequest) -> HttpResponse:
    """Where the reader wants to know of releases and providers; else in the site's own country."""
    return _kept(request, COOKIE, request.POST.get("country", ""), settings.MATINEE_COUNTRIES)


def _kept(request: HttpRequest, cookie: str, wanted: str, choices: Collection[str]) -> HttpResponse:
    answer: HttpResponse
    if request.htmx:  # type: ignore[attr-defined]
        answer = HttpResponse(status=204)
    else:
        answer = HttpResponseRedirect(back(request, reverse("home")))
    if wanted in choices:
        # nosemgrep: ns-websec-1004-001 -- a script of the administration reads the theme
        answer.set_cookie(cookie, wanted, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    else:
        answer.delete_cookie(cookie, samesite="Lax")
    return answer

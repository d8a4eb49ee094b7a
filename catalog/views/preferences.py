"""The theme, kept in a cookie."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from .responses import back

THEMES = ("light", "dark")
YEAR = 365 * 24 * 3600


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or (anything else) as the system says; kept in a cookie so nothing flashes."""
    answer: HttpResponse
    if request.htmx:  # type: ignore[attr-defined]
        answer = HttpResponse(status=204)
    else:
        answer = HttpResponseRedirect(back(request, reverse("home")))
    wanted = request.POST.get("theme", "")
    if wanted in THEMES:
        answer.set_cookie("theme", wanted, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    else:
        answer.delete_cookie("theme", samesite="Lax")
    return answer

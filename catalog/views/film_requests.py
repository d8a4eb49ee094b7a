"""Films that the site does not have yet: what TMDB offers for a search, and adding one of them."""

from typing import cast

import structlog
from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from catalog.models import FilmRequest
from catalog.queries.elsewhere import films_elsewhere
from catalog.queries.films_by_key import name_locally
from catalog.services.film_requests import (
    DailyLimitError,
    MayNotAddError,
    ask_for_film,
    may_add,
)
from catalog.tmdb.cells import LARGEST_ID
from catalog.tmdb.errors import TmdbError

from .parameters import key_in
from .responses import member_id, member_required, refused

log = structlog.get_logger(__name__)


@require_safe
@never_cache
@member_required
def elsewhere(request: HttpRequest) -> HttpResponse:
    """What TMDB has for a search; a part of the list of films, or a page without scripts."""
    text = request.GET.get("q", "").strip()[:200]
    context: dict[str, object] = {"text": text, "films": [], "failed": False}
    if may_add(request.user):
        try:
            context["films"] = films_elsewhere(text, language=get_language() or "en")
        except TmdbError as error:
            log.warning("elsewhere_not_answered", error=str(error))
            context["failed"] = True
    else:
        context["forbidden"] = True
    partial = request.htmx  # type: ignore[attr-defined]
    template = "catalog/_elsewhere.html" if partial else "catalog/elsewhere.html"
    return render(request, template, context)


@require_POST
@member_required
def add(request: HttpRequest) -> HttpResponse:
    """Ask for the film with the id ``tmdb``; the answer shows its progress."""
    key = key_in(request.POST.get("tmdb", ""))
    otherwise = reverse("catalog:browse")
    if not key or key > LARGEST_ID:
        return refused(request, _("This is not an id of TMDB."), otherwise)
    try:
        asked = ask_for_film(
            cast(AbstractUser, request.user), tmdb_id=key, title=request.POST.get("title", "")
        )
    except MayNotAddError:
        return refused(request, _("You cannot add films on this site."), otherwise)
    except DailyLimitError as error:
        text = ngettext(
            "You can add %(limit)d film within a day.",
            "You can add %(limit)d films within a day.",
            error.limit,
        )
        return refused(request, text % {"limit": error.limit}, otherwise)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "catalog/_film_request.html", {"asked": asked})
    return redirect(asked)  # nosemgrep: TNT-REDIR-001 -- the page of the row just made


@require_safe
@never_cache
@member_required
def film_request(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a request is; while a worker is at it, the page asks again."""
    mine = FilmRequest.objects.filter(user_id=member_id(request)).select_related("movie")
    asked = get_object_or_404(mine, pk=pk)
    if asked.movie is not None:
        name_locally([asked.movie])
    partial = request.htmx  # type: ignore[attr-defined]
    template = "catalog/_film_request.html" if partial else "catalog/film_request.html"
    return render(request, template, {"asked": asked})

"""What a visitor, or a member whose session had ended, clicked on: done after the log-in."""

from collections.abc import Callable
from time import time

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from .film_actions import hide_movie, keep_movie, rate_movie, see_movie
from .responses import UNFINISHED, member_required

SECONDS = 30 * 60  # Whoever comes back later has forgotten it.
FINISHED: dict[str, Callable[..., HttpResponse]] = {
    "catalog:rate": rate_movie,
    "catalog:keep": keep_movie,
    "catalog:hide": hide_movie,
    "catalog:see": see_movie,
}


@require_GET
@never_cache
@member_required
def finish(request: HttpRequest) -> HttpResponse:
    """Do once what this browser asked for within the last half hour, and go back to its page.

    Only the browser's own session is read, into which a form with its token wrote.
    """
    asked = request.session.pop(UNFINISHED, None)
    if asked is None:
        return redirect("home")
    view = FINISHED.get(asked["view"])
    if view is None or time() - asked["at"] > SECONDS:
        return redirect(asked["page"])
    fields = QueryDict(mutable=True)
    fields.update({**asked["fields"], "next": asked["page"]})
    request.method, request.POST = "POST", fields  # type: ignore[assignment]
    return view(request, pk=asked["key"])

"""Responses of actions: a toast for htmx, a message and a redirect back for a plain form."""

import json
from collections.abc import Callable, Mapping
from functools import wraps
from time import time
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django_htmx.http import (
    HttpResponseClientRedirect,
    HttpResponseClientRefresh,
    trigger_client_event,
)

from catalog.services.undo import ChangedSinceError, UndoError, sealed

# Of the session: what a visitor asked for before the log-in.
UNFINISHED = "unfinished"
FINISHABLE = ("catalog:rate", "catalog:keep", "catalog:hide", "catalog:see")
KEPT_FIELDS = ("rating", "on")

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def back(request: HttpRequest, otherwise: str) -> str:
    """The page the reader came from, when it is one of ours."""
    for address in (request.POST.get("next"), request.headers.get("Referer")):
        if address and url_has_allowed_host_and_scheme(
            address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        ):
            return address
    return otherwise


def member_id(request: HttpRequest) -> int:
    """The key of a user who is known to be logged in."""
    if request.user.pk is None:
        raise PermissionDenied
    return request.user.pk


def member_required(view: View[P]) -> View[P]:
    """Send visitors to log in; inside htmx the whole page goes there, and comes back after."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method == "GET" and not request.htmx:  # type: ignore[attr-defined]
            return redirect_to_login(request.get_full_path())
        answer = redirect_to_login(_to_finish(request))
        if request.htmx:  # type: ignore[attr-defined]
            return HttpResponseClientRedirect(answer.url)
        return answer

    return guarded


def _to_finish(request: HttpRequest) -> str:
    """Where the log-in leads: to the page, by way of what was asked for there.

    It is kept in the session, whose token the form bore; `views.unfinished` does it once.
    """
    page = back(request, reverse("home"))
    match = request.resolver_match
    if request.method != "POST" or match is None or match.view_name not in FINISHABLE:
        return page
    request.session[UNFINISHED] = {
        "view": match.view_name,
        "key": match.kwargs.get("pk"),
        "fields": {name: request.POST[name] for name in KEPT_FIELDS if name in request.POST},
        "page": page,
        "at": time(),
    }
    return reverse("catalog:finish")


def done(
    request: HttpRequest,
    *,
    message: str,
    event: str,
    detail: Mapping[str, object],
    undo: Mapping[str, object] | None,
    otherwise: str,
) -> HttpResponse:
    """``event`` with ``detail`` tells the page's own script what is now true.

    ``undo`` holds ``url`` and the ``name`` and ``value`` of the field that puts it back.
    """
    if not request.htmx:  # type: ignore[attr-defined]
        return told(request, message, otherwise=otherwise, undo=undo)
    answer = render(request, "components/toast_answer.html", {"message": message, "undo": undo})
    return trigger_client_event(answer, event, dict(detail))


def told(
    request: HttpRequest,
    message: str,
    *,
    otherwise: str,
    undo: Mapping[str, object] | None = None,
) -> HttpResponseRedirect:
    """Back to the page, which then shows the message with its undo button: with htmx as without."""
    messages.success(request, message, extra_tags=json.dumps(undo) if undo else "")
    return HttpResponseRedirect(back(request, otherwise))


def told_anew(
    request: HttpRequest,
    message: str,
    *,
    otherwise: str,
    undo: Mapping[str, object] | None = None,
) -> HttpResponse:
    """Like ``told``; htmx loads the whole page again, because much of it may have changed."""
    answer = told(request, message, otherwise=otherwise, undo=undo)
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponseClientRefresh()
    return answer


def undo_by(user_id: int, kind: str, before: object) -> dict[str, object]:
    """The undo button of a step that ``catalog.services.undo`` takes back."""
    step = sealed(user_id, kind, before)
    return {"url": reverse("catalog:undo"), "name": "step", "value": step}


def not_undone(request: HttpRequest, error: UndoError, otherwise: str) -> HttpResponse:
    """Why a step was not taken back."""
    if isinstance(error, ChangedSinceError):
        why = _("This was undone already, or you have changed it since: nothing was changed now.")
    else:
        why = _("This can no longer be undone.")
    return refused(request, why, otherwise)


def refused(request: HttpRequest, message: str, otherwise: str) -> HttpResponse:
    """The request made no sense: 422 with the reason, or the reason on the page it came from."""
    if not request.htmx:  # type: ignore[attr-defined]
        messages.error(request, message)
        return HttpResponseRedirect(back(request, otherwise))
    return HttpResponse(message, status=422, content_type="text/plain; charset=utf-8")

"""Admin actions with a button of their own: each is a POST to a URL, answered by a redirect.

A question before it, where there is one, is a GET of the same URL.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

Action = Callable[..., tuple[int, str]]
"""Does something for a request; returns a level of `messages` and what to say."""


Question = Callable[..., HttpResponse]
"""Asks, on a page, whether the action is meant."""


def action_path(
    model_admin: admin.ModelAdmin,
    route: str,
    name: str,
    action: Action,
    question: Question | None = None,
) -> URLPattern:
    """An address for ``action`` under the admin of a model, for those who may change it."""
    opts = model_admin.model._meta

    def view(request: HttpRequest, **values: Any) -> HttpResponse:
        asks = question is not None and request.method in ("GET", "HEAD")
        if request.method != "POST" and not asks:
            return HttpResponseNotAllowed(["POST"] if question is None else ["GET", "POST"])
        if not request.user.has_perm(f"{opts.app_label}.change_{opts.model_name}"):
            raise PermissionDenied
        if question is not None and asks:
            return question(request, **values)
        level, text = action(request, **values)
        messages.add_message(request, level, text)
        return HttpResponseRedirect(reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist"))

    url_name = f"{opts.app_label}_{opts.model_name}_{name}"
    return path(route, model_admin.admin_site.admin_view(view), name=url_name)

"""Syncs with media servers: previewed, applied, left out, undone."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from catalog.hooks import worker
from catalog.hooks.decide import decide
from catalog.hooks.plan import plan_for
from catalog.hooks.words import said
from catalog.models import WatchSync
from catalog.models.media_server import EventState, SyncState
from catalog.queries.namesakes import Suggestion, suggestions_by_key
from catalog.queries.search import find

from .parameters import key_in, page_context
from .responses import member_id, member_required

PAGE_SIZE = 50
MOST_FOUND = 6


@require_safe
@never_cache
@member_required
def watch_sync(request: HttpRequest, pk: int) -> HttpResponse:
    """A sync in whatever state it is; while a worker is at it, the page asks again."""
    sync = _mine(request, pk)
    if request.htmx and request.headers.get("HX-Target") == "sync-progress":  # type: ignore[attr-defined]
        if sync.is_working:
            return render(request, "catalog/_sync_progress.html", {"sync": sync})
        return HttpResponseClientRefresh()
    events = sync.events.select_related("movie").order_by("state", "title", "pk")
    context = {
        "sync": sync,
        "error": said(sync.report["error"]) if "error" in sync.report else "",
        "plan": None,
        "waiting": sync.events.filter(state=EventState.WAITING).count(),
        **page_context(request, events, PAGE_SIZE),
        **_asked_event(request),
    }
    if sync.state == SyncState.PREVIEW:
        ready = sync.events.filter(state=EventState.READY)
        context["plan"] = plan_for(sync.user_id, list(ready))
    return render(request, "catalog/watch_sync.html", context)


def _asked_event(request: HttpRequest) -> dict[str, object]:
    """The play whose film is looked for by hand, what for, and what was found."""
    key = key_in(request.GET.get("event", ""))
    query = request.GET.get("find", "").strip()[:200]
    found: list[Suggestion] = []
    if key and query:
        keys = [one.movie.pk for one in find(query, limit=MOST_FOUND)]
        films = suggestions_by_key(keys)
        found = [films[one] for one in keys if one in films]
    return {"asked_event": key, "asked_query": query, "found": found}


@require_POST
@member_required
def choose_for_sync(request: HttpRequest, pk: int) -> HttpResponse:
    """Which film a play is about, or that it stays out of the preview."""
    sync = _mine(request, pk)
    key = key_in(request.POST.get("event", ""))
    if key and decide(sync, key, request.POST.get("choice", "")):
        messages.success(request, _("Your choice was saved"))
    page = key_in(request.POST.get("page", ""))
    # nosemgrep: TNT-REDIR-001 -- the sync's own page, and a number
    return redirect(f"{sync.get_absolute_url()}?page={page}" if page else sync)


@require_POST
@member_required
def apply_sync(request: HttpRequest, pk: int) -> HttpResponse:
    sync = _mine(request, pk)
    worker.ask_apply(sync)
    return redirect(sync)


@require_POST
@member_required
def leave_out_sync(request: HttpRequest, pk: int) -> HttpResponse:
    sync = _mine(request, pk)
    if worker.leave_out(sync):
        messages.success(request, _("Nothing of it was taken over"))
    return redirect("catalog:imports")


@require_POST
@member_required
def undo_sync(request: HttpRequest, pk: int) -> HttpResponse:
    sync = _mine(request, pk)
    worker.ask_undo(sync)
    return redirect(sync)


def _mine(request: HttpRequest, pk: int) -> WatchSync:
    return get_object_or_404(WatchSync, pk=pk, user_id=member_id(request))

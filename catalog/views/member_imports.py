"""Importing ratings from another site: upload, preview, decisions, import, undo."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from catalog.hooks.syncs import syncs_to_show
from catalog.member_import import preview
from catalog.member_import import request as import_request
from catalog.member_import.cleanup import PREVIEW_DAYS, UNDO_DAYS
from catalog.member_import.decide import decide
from catalog.member_import.formats.records import FileRefusedError
from catalog.member_import.messages import text_of
from catalog.member_import.progress import ImportProgress, progress_of
from catalog.member_import.questions import questions
from catalog.member_import.undo import later_import
from catalog.member_import.upload_limit import upload_too_big
from catalog.models import ImportRow, MemberImport
from catalog.models.import_row import RowOutcome
from catalog.models.member_import import ConflictRule, ImportState
from catalog.queries.films_by_key import name_locally

from .parameters import key_in, page_context
from .responses import member_id, member_required

PAGE_SIZE = 30


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@member_required
def imports(request: HttpRequest) -> HttpResponse:
    """The form to upload a file, how to get one, and the member's imports so far."""
    error = ""
    if request.method == "POST":
        error, job = _upload(request)
        if job:
            return redirect(job)
    mine = MemberImport.objects.filter(user_id=member_id(request))
    return render(
        request,
        "catalog/imports.html",
        {
            "error": error,
            "imports": mine,
            "syncs": syncs_to_show(member_id(request)),
            "waiting": preview.waiting_films(member_id(request)),
            "preview_days": PREVIEW_DAYS,
            "undo_days": UNDO_DAYS,
        },
        status=422 if error else 200,
    )


def _upload(request: HttpRequest) -> tuple[str, MemberImport | None]:
    """Why it was refused, or the import."""
    file = request.FILES.get("file")
    if upload_too_big(request):
        return text_of("too-big"), None
    if file is None:
        return _("Choose a file first."), None
    try:
        return "", import_request.begin(
            user_id=member_id(request), file_name=file.name or "", content=file.chunks()
        )
    except FileRefusedError as error:
        return text_of(error.code, error.values), None
    except import_request.TooManyUploadsError:
        return _("You have uploaded many files within an hour: wait a while."), None
    except import_request.TooManyImportsError as error:
        if error.kept:
            return _(
                "You have reached the limit of imports: remove old ones, or wait a few days."
            ), None
        return _("Finish or discard your other imports first."), None


def _mine(request: HttpRequest, pk: int) -> MemberImport:
    mine = MemberImport.objects.filter(user_id=member_id(request))
    return get_object_or_404(mine, pk=pk)


@require_safe
@never_cache
@member_required
def member_import(request: HttpRequest, pk: int) -> HttpResponse:
    """An import in whatever state it is; while a worker is at it, the page asks again."""
    job = _mine(request, pk)
    if job.is_working:
        partial = "catalog/import_progress.html"
        progress = progress_of(job.pk) or ImportProgress("waiting")
        context = {"import": job, "progress": progress}
        return render(request, partial if request.htmx else "catalog/import.html", context)  # type: ignore[attr-defined]
    asked_for_progress = request.headers.get("HX-Target") == "import-progress"
    if asked_for_progress:
        return HttpResponseClientRefresh()
    if request.htmx and "row" in request.GET:  # type: ignore[attr-defined]
        return _row_found_by_hand(request, job)
    context = {"import": job, **_context(request, job)}
    return render(request, "catalog/import.html", context)


def _context(request: HttpRequest, job: MemberImport) -> dict[str, Any]:
    context: dict[str, Any] = {
        "problems": preview.problems(job),
        "asides": preview.asides(job),
        "files_aside": preview.files_aside(job),
        "refusal": preview.refusal(job),
        "expires_at": job.changed_at + timedelta(days=PREVIEW_DAYS),
    }
    if job.state == ImportState.PREVIEW:
        context |= _preview(request, job)
    elif job.state == ImportState.APPLIED:
        context |= {
            **page_context(request, preview.rows_of(job, RowOutcome.WAITING), PAGE_SIZE),
            "undo_until": job.changed_at + timedelta(days=UNDO_DAYS),
            "later": later_import(job),
        }
    return context


def _preview(request: HttpRequest, job: MemberImport) -> dict[str, Any]:
    summary = preview.summary(job)
    show = request.GET.get("show", "")
    if show not in RowOutcome.values:
        show = summary.first_to_show()
    paged = page_context(request, preview.rows_of(job, show), PAGE_SIZE)
    row_id, query = _asked_row(request)
    preview.attach_suggestions(list(paged["page"]), row_id=row_id, query=query)
    return {
        "summary": summary,
        "show": show,
        **paged,
        "asked_row": row_id,
        "asked_query": query,
        "rules": ConflictRule,
        "questions": questions(job),
    }


def _asked_row(request: HttpRequest) -> tuple[int, str]:
    """The row whose film is looked for by hand, and what for."""
    key = key_in(request.GET.get("row", ""))
    return key or 0, request.GET.get("find", "").strip()[:200]


def _row_found_by_hand(request: HttpRequest, job: MemberImport) -> HttpResponse:
    row_id, query = _asked_row(request)
    row = get_object_or_404(job.rows.all(), pk=row_id, outcome=RowOutcome.UNMATCHED)
    preview.attach_suggestions([row], row_id=row_id, query=query)
    return _row(request, job, row, show=row.outcome, asked_row=row_id, asked_query=query)


def _row(
    request: HttpRequest, job: MemberImport, row: ImportRow, **context: object
) -> HttpResponse:
    if row.movie is not None:
        name_locally([row.movie])
    return render(request, "catalog/import_row.html", {"import": job, "row": row, **context})


@require_POST
@member_required
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide about rows; inside htmx about one, which is answered with the row as it is now."""
    job = _mine(request, pk)
    fields = {name: value for name, value in request.POST.items() if isinstance(value, str)}
    decided = decide(job, fields)
    if not request.htmx:  # type: ignore[attr-defined]
        if decided:
            messages.success(request, _("Your choice was saved"))
        return _back_to(request, job)
    if not decided:
        return HttpResponseClientRefresh()
    row = job.rows.get(pk=decided[0])
    shown = preview.rows_of(job, row.outcome).filter(pk=row.pk).first() or row
    preview.attach_suggestions([shown])
    summary, show = preview.summary(job), request.POST.get("show", "")
    return _row(request, job, shown, fresh=True, summary=summary, show=show, rules=ConflictRule)


@require_POST
@member_required
def choose_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Whose stars count in all conflicts that were not decided one by one.

    Inside htmx the page that answers is looked through for what has changed.
    """
    job = _mine(request, pk)
    rule = request.POST.get("rule", "")
    if rule in ConflictRule.values:
        import_request.set_rule(job, rule)
    if request.htmx and job.state != ImportState.PREVIEW:  # type: ignore[attr-defined]
        return HttpResponseClientRefresh()
    return _back_to(request, job)


@require_POST
@member_required
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """What the member says about the file, which is then read again."""
    job = _mine(request, pk)
    told = {name: value for name, value in request.POST.items() if isinstance(value, str)}
    import_request.answer(job, told)
    return redirect(job)


@require_POST
@member_required
def apply_import(request: HttpRequest, pk: int) -> HttpResponse:
    job = _mine(request, pk)
    import_request.ask_apply(job, request.POST.get("rule", ""))
    return redirect(job)


@require_POST
@member_required
def stop_waiting(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget the films that did not come."""
    job = _mine(request, pk)
    if import_request.stop_waiting(job):
        messages.success(
            request, _("What waited in %(file)s was removed") % {"file": job.file_name}
        )
    return redirect(job)


@require_POST
@member_required
def undo_import(request: HttpRequest, pk: int) -> HttpResponse:
    job = _mine(request, pk)
    try:
        import_request.ask_undo(job)
    except import_request.UndoneFirstError as error:
        text = _("Undo the later import of %(file)s first: it contains some of the same films.")
        messages.error(request, text % {"file": error.later.file_name})
    return redirect(job)


@require_POST
@member_required
def discard_import(request: HttpRequest, pk: int) -> HttpResponse:
    job = _mine(request, pk)
    if import_request.discard(job):
        messages.success(request, _("%(file)s was discarded") % {"file": job.file_name})
    return redirect("catalog:imports")


def _back_to(request: HttpRequest, job: MemberImport) -> HttpResponse:
    """The page of the preview on which the form stood."""
    wanted = {name: request.POST[name] for name in ("show", "page") if name in request.POST}
    address = reverse("catalog:import", args=[job.pk])
    return HttpResponseRedirect(f"{address}?{urlencode(wanted)}" if wanted else address)

"""Reporting a public page, and a member's own page of what moderators took down."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.forms.moderation import PleaForm, ReportForm
from catalog.models import MovieList, Report, Takedown
from catalog.queries.members import profiles_for
from catalog.services.moderation import ModerationError, ask_review, report_list, report_profile

from .responses import member_id, member_required

MOST_SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@member_required
def report_of_list(request: HttpRequest, pk: int) -> HttpResponse:
    """404 for a list that the reader does not see, and for one's own."""
    others = MovieList.objects.published().exclude(user_id=member_id(request))
    films = get_object_or_404(others.select_related("user"), pk=pk)
    return _report_page(
        request,
        _("Report the list “%(title)s”") % {"title": films.title},
        films.get_absolute_url(),
        lambda concern, note: report_list(member_id(request), films, concern, note),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@member_required
def report_of_profile(request: HttpRequest, pk: int) -> HttpResponse:
    """404 for a profile that the reader does not see, and for one's own."""
    others = profiles_for(request.user).exclude(pk=member_id(request))
    member = get_object_or_404(others, pk=pk)
    return _report_page(
        request,
        _("Report the profile of %(name)s") % {"name": member.get_username()},
        reverse("catalog:member", args=[member.get_username()]),
        lambda concern, note: report_profile(member_id(request), member.pk, concern, note),
    )


def _report_page(
    request: HttpRequest, title: str, page: str, report: Callable[[str, str], Report]
) -> HttpResponse:
    form = ReportForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            report(form.cleaned_data["concern"], form.cleaned_data["note"])
        except ModerationError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Thank you. A moderator will look at it."))
            return redirect(page)
    return render(
        request,
        "catalog/report.html",
        {"form": form, "title": title, "reported": page},
        status=422 if form.errors else 200,
    )


@require_safe
@never_cache
@member_required
def moderation(request: HttpRequest) -> HttpResponse:
    """The member's own: what was taken down, and what became of the member's reports."""
    mine = Takedown.objects.filter(member_id=member_id(request)).select_related("list")
    reports = Report.objects.filter(reporter_id=member_id(request))
    return render(
        request,
        "catalog/moderation.html",
        {
            "takedowns": [(one, _plea_form(one)) for one in mine[:MOST_SHOWN]],
            "reports": reports[:MOST_SHOWN],
        },
    )


@require_safe
@never_cache
@member_required
def moderation_news(request: HttpRequest) -> HttpResponse:
    """For the menu, which asks when it is opened: a link where something was taken down."""
    down = Takedown.objects.in_force().filter(member_id=member_id(request))
    return render(request, "catalog/_moderation_news.html", {"down": down.count()})


def _plea_form(takedown: Takedown) -> PleaForm:
    return PleaForm(auto_id=f"plea-{takedown.pk}-%s", label_suffix="")


@require_POST
@member_required
def ask_for_review(request: HttpRequest, pk: int) -> HttpResponse:
    """404 for what was taken down of somebody else, and for what is no longer down."""
    mine = Takedown.objects.in_force().filter(member_id=member_id(request))
    takedown = get_object_or_404(mine, pk=pk)
    form = PleaForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say what the moderator should know."))
        return redirect("catalog:moderation")
    try:
        ask_review(takedown, form.cleaned_data["plea"])
    except ModerationError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("A moderator will look again."))
    return redirect("catalog:moderation")

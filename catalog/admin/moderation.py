"""The moderators' desk: what was reported, taking down, and looking again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog.forms.moderation import AnswerForm, TakedownForm
from catalog.models import MovieList, Report, Takedown
from catalog.models.moderation import Part, ReportQuerySet
from catalog.models.sharing import shares
from catalog.services.moderation import (
    ModerationError,
    dismiss,
    lift,
    take_down_list,
    take_down_name,
    take_down_profile,
    uphold,
)

from .desk import Attention, Reader, Shortcut, add_shortcut, needs_attention
from .large_tables import LargeTableAdmin
from .permissions import NoAddOrChangeAdmin

FILMS_SHOWN = 50
REPORTS_SHOWN = 50


class StateFilter(admin.SimpleListFilter):
    """What waits for a moderator unless something else is asked for."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("settled", gettext_lazy("Settled")), ("all", gettext_lazy("All"))]

    def choices(self, changelist: Any) -> Any:
        for value, title in [(None, gettext_lazy("Waiting")), *self.lookup_choices]:
            query = changelist.get_query_string(
                {self.parameter_name: value} if value else {},
                [] if value else [self.parameter_name],
            )
            yield {"selected": self.value() == value, "query_string": query, "display": title}

    def waiting(self) -> Q:
        return Q(settled_at__isnull=True)

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "all":
            return queryset
        return queryset.filter(~self.waiting() if self.value() == "settled" else self.waiting())


class ReviewFilter(StateFilter):
    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("settled", gettext_lazy("No review asked")), ("all", gettext_lazy("All"))]

    def waiting(self) -> Q:
        return Q(lifted_at__isnull=True, review_asked_at__isnull=False, answered_at__isnull=True)


@admin.register(Report)
class ReportAdmin(NoAddOrChangeAdmin, LargeTableAdmin):
    """Each row leads to the page on which its subject is judged, with all that is said of it."""

    list_display = ("subject", "concern", "note", "reporter", "made_at", "outcome")
    list_display_links = None
    list_select_related = ("list", "member", "reporter")
    list_filter = (StateFilter, "concern")
    ordering = ("-pk",)
    search_fields = ("=member__username",)
    search_help_text = gettext_lazy("The user name of the member whose page was reported")
    actions = None
    change_list_template = "admin/catalog/report_list.html"

    class Media:
        css = {"all": ["css/admin-moderation.css"]}

    @admin.display(description=gettext_lazy("page"))
    def subject(self, report: Report) -> SafeString:
        if report.list is not None:
            return format_html(
                '<a href="{}">{}</a>',
                reverse("admin:catalog_report_list", args=[report.list.pk]),
                _("List “%(title)s”") % {"title": report.list.title},
            )
        return format_html(
            '<a href="{}">{}</a>',
            reverse("admin:catalog_report_member", args=[report.member_id]),
            _("Profile of %(name)s") % {"name": report.member},
        )

    def get_urls(self) -> list[URLPattern]:
        protected = self.admin_site.admin_view
        return [
            path("list/<int:pk>/", protected(self.judge_list), name="catalog_report_list"),
            path("member/<int:pk>/", protected(self.judge_member), name="catalog_report_member"),
            path("find/", protected(self.find_member), name="catalog_report_find"),
            *super().get_urls(),
        ]

    def judge_list(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A list that was reported or is public; others are nobody's business."""
        _check(request)
        reported = Report.objects.waiting().filter(list__isnull=False).values("list_id")
        seen = MovieList.objects.filter(Q(is_public=True) | Q(taken_down=True) | Q(pk__in=reported))
        films = get_object_or_404(seen.select_related("user"), pk=pk)
        entries = films.entries.select_related("movie")
        context = {
            "title": _("List “%(title)s”") % {"title": films.title},
            "films": films,
            "entries": entries[:FILMS_SHOWN],
            "member": films.user,
            "page": films.get_absolute_url() if films.is_published else "",
            "is_down": {Part.LIST: films.taken_down},
        }
        takers = {Part.LIST: lambda concern, text: take_down_list(films, concern, text)}
        return self._judge(request, Report.objects.about_list(films), takers, context)

    def judge_member(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A profile that was reported or is public, and the name on it."""
        _check(request)
        reported = Report.objects.waiting().filter(list__isnull=True).values("member_id")
        seen = get_user_model().objects.filter(
            Q(shares("is_public")) | Q(shares("taken_down")) | Q(pk__in=reported), imported=False
        )
        member = get_object_or_404(seen.select_related("sharing"), pk=pk)
        sharing = getattr(member, "sharing", None)
        context = {
            "title": _("Profile of %(name)s") % {"name": member.get_username()},
            "member": member,
            "page": reverse("catalog:member", args=[member.get_username()])
            if sharing and sharing.shows_profile
            else "",
            "is_down": {
                Part.PROFILE: bool(sharing and sharing.taken_down),
                Part.NAME: Takedown.of_name(member) is not None,
            },
        }
        takers = {
            Part.PROFILE: lambda concern, text: take_down_profile(member.pk, concern, text),
            Part.NAME: lambda concern, text: take_down_name(member.pk, concern, text),
        }
        return self._judge(request, Report.objects.about_profile(member.pk), takers, context)

    def _judge(
        self,
        request: HttpRequest,
        reports: ReportQuerySet,
        takers: dict[Part, Callable[[str, str], Takedown]],
        context: dict[str, Any],
    ) -> HttpResponse:
        """Shows the subject with its reports; a POST dismisses them or takes ``part`` down."""
        asked = request.POST.get("do", "")
        form = TakedownForm(request.POST if asked in takers else None, label_suffix="")
        if asked == "dismiss":
            self._log(request, context["member"].pk, "dismissed")
            return _told(request, _settled(dismiss(reports)))
        if asked in takers and form.is_valid():
            part = Part(asked)
            try:
                takedown = takers[part](
                    form.cleaned_data["concern"], form.cleaned_data["explanation"]
                )
            except ModerationError as error:
                form.add_error(None, str(error))
            else:
                self.log_change(request, takedown, f"took down the {part.value}")
                return _told(request, _("Taken down. The member is told."))
        found = list(reports.select_related("reporter")[:REPORTS_SHOWN])
        return TemplateResponse(
            request,
            "admin/catalog/judge.html",
            {
                **self.admin_site.each_context(request),
                "opts": Report._meta,
                **context,
                "form": form,
                "reports": found,
                "waiting": any(report.settled_at is None for report in found),
                "parts": [part for part in takers if not context["is_down"][part]],
                "anything_down": any(context["is_down"].values()),
            },
        )

    def _log(self, request: HttpRequest, member_id: int, what: str) -> None:
        """In the admin's history, without a name."""
        report = Report.objects.filter(member_id=member_id).first()
        if report is not None:
            self.log_change(request, report, what)

    def find_member(self, request: HttpRequest) -> HttpResponse:
        """To the public profile of a name."""
        _check(request)
        name = request.GET.get("name", "").strip()
        public = get_user_model().objects.filter(Q(shares("is_public")), imported=False)
        member = public.filter(username=name).first()
        if member is None:
            said = _("There is no public profile “%(name)s”.") % {"name": name}
            messages.error(request, said)  # nosemgrep: TNT-LOG-001 -- on a page, not in a log
            return HttpResponseRedirect(reverse("admin:catalog_report_changelist"))
        # nosemgrep: TNT-REDIR-001 -- a page of the administration by a member's key
        return HttpResponseRedirect(reverse("admin:catalog_report_member", args=[member.pk]))


@admin.register(Takedown)
class TakedownAdmin(NoAddOrChangeAdmin, LargeTableAdmin):
    list_display = ("subject", "member", "concern", "made_at", "review_asked_at", "state")
    list_select_related = ("list", "member")
    list_filter = (ReviewFilter, "part")
    ordering = ("-pk",)
    search_fields = ("=member__username",)
    actions = None
    fields = (
        "part",
        "member",
        "list",
        "former_name",
        "concern",
        "explanation",
        "made_at",
        "review_asked_at",
        "plea",
        "answered_at",
        "answer",
        "lifted_at",
    )
    change_form_template = "admin/catalog/takedown.html"

    @admin.display(description=gettext_lazy("what"))
    def subject(self, takedown: Takedown) -> str:
        if takedown.list is not None:
            return _("List “%(title)s”") % {"title": takedown.list.title}
        return str(capfirst(takedown.get_part_display()))

    @admin.display(description=gettext_lazy("state"))
    def state(self, takedown: Takedown) -> str:
        if takedown.lifted_at:
            return _("lifted")
        return _("review asked") if takedown.waits_for_review else _("in force")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        takedown = self.get_object(request, object_id)
        context = {"takedown": takedown, "answer_form": AnswerForm(label_suffix="")}
        return super().change_view(
            request, object_id, form_url, {**context, **(extra_context or {})}
        )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.answer)
        return [
            path("<int:pk>/answer/", view, name="catalog_takedown_answer"),
            *super().get_urls(),
        ]

    def answer(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Lift it, or say why it stays."""
        _check(request, "catalog.change_takedown")
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        takedown = get_object_or_404(Takedown, pk=pk)
        form, lifts = AnswerForm(request.POST), request.POST.get("do") == "lift"
        if not form.is_valid():
            messages.error(request, _("Say why: the member reads it."))
            return HttpResponseRedirect(reverse("admin:catalog_takedown_change", args=[pk]))
        try:
            (lift if lifts else uphold)(takedown, form.cleaned_data["answer"])
        except ModerationError as error:
            messages.error(request, str(error))
        else:
            self.log_change(request, takedown, "lifted" if lifts else "upheld")
            messages.success(request, _("Answered. The member is told."))
        return HttpResponseRedirect(reverse("admin:catalog_takedown_changelist"))


def _check(request: HttpRequest, permission: str = "catalog.change_report") -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


def _told(request: HttpRequest, text: str) -> HttpResponse:
    messages.success(request, text)
    return HttpResponseRedirect(reverse("admin:catalog_report_changelist"))


def _settled(count: int) -> str:
    return ngettext("%(n)d report settled.", "%(n)d reports settled.", count) % {"n": count}


@needs_attention
def reports_that_wait(user: Reader) -> Attention | None:
    if not user.has_perm("catalog.view_report"):  # type: ignore[union-attr]
        return None
    count = Report.objects.waiting().count()
    text = ngettext("report waits for a moderator", "reports wait for a moderator", count)
    return Attention(count, text, reverse("admin:catalog_report_changelist"))


@needs_attention
def reviews_that_wait(user: Reader) -> Attention | None:
    if not user.has_perm("catalog.view_takedown"):  # type: ignore[union-attr]
        return None
    count = Takedown.objects.to_review().count()
    text = ngettext("member asks for a review", "members ask for a review", count)
    return Attention(count, text, reverse("admin:catalog_takedown_changelist"))


add_shortcut(
    Shortcut(gettext_lazy("Reports"), "admin:catalog_report_changelist", "catalog.view_report")
)

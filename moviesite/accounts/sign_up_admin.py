"""Who may sign up, and invitations, in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog.admin.permissions import NoAddAdmin

from .models import Invitation, SignUpPolicy
from .sign_up import end_invitations, path_of, set_sign_up


@admin.register(SignUpPolicy)
class SignUpPolicyAdmin(NoAddAdmin):
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Straight to the one page."""
        if not self.has_view_permission(request):
            return super().changelist_view(request, extra_context)
        policy = SignUpPolicy.current()
        if policy._state.adding:
            policy.save()
        return HttpResponseRedirect(reverse("admin:accounts_signuppolicy_change", args=[policy.pk]))

    def save_model(self, request: HttpRequest, obj: SignUpPolicy, form: Any, change: bool) -> None:
        set_sign_up(obj.sign_up)


@admin.register(Invitation)
class InvitationAdmin(admin.ModelAdmin):
    """Made once, then only ended: a link that somebody has got means what it meant."""

    list_display = ("__str__", "left", "ends_at", "link")
    readonly_fields = ("used", "created_at", "link")
    actions = ("end_selected",)

    def get_fields(self, request: HttpRequest, obj: Invitation | None = None) -> Any:
        return (
            ("note", "uses", "ends_at")
            if obj is None
            else (
                "note",
                "link",
                "uses",
                "used",
                "ends_at",
                "created_at",
            )
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invitation]:
        self.request = request
        return super().get_queryset(request)

    @admin.display(description=gettext_lazy("uses left"))
    def left(self, invitation: Invitation) -> str:
        if not invitation.is_open:
            return _("none: it has ended")
        return str(invitation.uses - invitation.used)

    @admin.display(description=gettext_lazy("link"))
    def link(self, invitation: Invitation) -> str:
        if not invitation.is_open:
            return "–"
        address = self.request.build_absolute_uri(path_of(invitation))
        return format_html('<a href="{}">{}</a>', address, address)

    @admin.action(description=gettext_lazy("End the selected invitations"), permissions=["add"])
    def end_selected(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        count = end_invitations(*queryset.values_list("pk", flat=True))
        said = ngettext("%(count)d invitation was ended", "%(count)d invitations were ended", count)
        messages.success(request, said % {"count": count})

    def response_add(
        self, request: HttpRequest, obj: Invitation, *_: Any, **__: Any
    ) -> HttpResponse:
        """To the page that shows the link."""
        return HttpResponseRedirect(reverse("admin:accounts_invitation_change", args=[obj.pk]))

"""Users: the site's members, and on request the raters of imported datasets."""

from collections.abc import Iterator
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.admin.large_tables import LargeTableAdmin
from catalog.models import Sharing

from . import audit_admin  # noqa: F401  (registers its page)
from .deletion import LastAdministratorError, delete_account
from .models import User
from .sign_up_admin import InvitationAdmin, SignUpPolicyAdmin

__all__ = ["InvitationAdmin", "SignUpPolicyAdmin", "UserAdmin"]


class KindFilter(admin.SimpleListFilter):
    """Members unless something else is asked for: imported raters are many and never log in."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("imported", _("Imported raters")), ("all", _("All"))]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for value, title in [(None, _("Members")), *self.lookup_choices]:
            query = changelist.get_query_string(
                {self.parameter_name: value} if value else {},
                [] if value else [self.parameter_name],
            )
            yield {"selected": self.value() == value, "query_string": query, "display": title}

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        if self.value() == "all":
            return queryset
        return queryset.filter(imported=self.value() == "imported")


class SharingInline(admin.StackedInline):
    model = Sharing
    can_delete = False
    readonly_fields = ("shown_to_operators",)  # consent is the member's alone


@admin.register(User)
class UserAdmin(LargeTableAdmin, DjangoUserAdmin):
    list_display = ("username", "email", "is_staff", "is_active", "date_joined", "last_login")
    list_filter = (KindFilter, "is_staff", "is_superuser", "is_active")
    readonly_fields = ("imported", "date_joined", "last_login")
    fieldsets = (
        *(DjangoUserAdmin.fieldsets or ()),
        (
            _("On the site"),
            {"fields": ("imported", "proxy_name")},
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Nobody makes a superuser, or rights apart from the roles, who is none."""
        fields = super().get_readonly_fields(request, obj)
        if request.user.is_superuser:
            return fields
        return (*fields, "is_superuser", "user_permissions")

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return _within_reach(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return _within_reach(request, obj) and super().has_delete_permission(request, obj)

    def get_inlines(self, request: HttpRequest, obj: User | None) -> list[type[InlineModelAdmin]]:
        """Raters share nothing, and who is being added has chosen nothing yet."""
        return [] if obj is None or obj.imported else [SharingInline]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Whom an administrator adds where a proxy says who people are is one of the proxy's."""
        if settings.REMOTE_USER_META and not change:
            taken = User.objects.filter(proxy_name__iexact=obj.username).exists()
            obj.proxy_name = None if taken else obj.username
        super().save_model(request, obj, form, change)

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> LogEntry:
        """Written down, and told to the account's owner: rights, password, whatever it was."""
        entry: LogEntry = super().log_change(request, obj, message)
        if obj.pk != request.user.pk:
            tell = get_adapter(request).send_notification_mail
            tell("account/email/rights_changed", obj, {"changed": entry.get_change_message()})
        return entry

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        try:
            delete_account(obj)
        except LastAdministratorError as error:
            raise PermissionDenied(str(error)) from error

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            self.delete_model(request, user)


def _within_reach(request: HttpRequest, user: User | None) -> bool:
    """Superusers are for superusers: an administrator could else take one's place."""
    return user is None or not user.is_superuser or request.user.is_superuser

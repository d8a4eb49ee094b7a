"""The way into the administration: the site's log-in, and a second factor."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

# Pages by which somebody gets rights, or gets into an account.
OF_ACCOUNTS = (
    "accounts_user_",
    "auth_",
    "account_emailaddress_",
    "mfa_",
    "socialaccount_",
    "usersessions_",
)


class OneLoginSite(admin.AdminSite):
    """An admin site without a log-in of its own."""

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff, who have shown a second factor where the site wants one of them."""
        from moviesite.accounts.recent_login import second_factor_is_due

        if not super().has_permission(request):
            return False
        if not hasattr(request, "_factor_is_due"):
            request._factor_is_due = second_factor_is_due(request)  # type: ignore[attr-defined]
        return not request._factor_is_due  # type: ignore[attr-defined]

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """No form of its own: the site's log-in asks for all that an account has."""
        from moviesite.accounts.recent_login import lacks_second_factor

        wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
        if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
            wanted = reverse("admin:index", current_app=self.name)
        if not request.user.is_authenticated:
            return redirect_to_login(wanted)
        if self.has_permission(request):
            return redirect(wanted)  # nosemgrep: TNT-REDIR-001 -- on this host, looked at above
        if not super().has_permission(request):
            raise PermissionDenied
        missing = lacks_second_factor(request)
        page = reverse("second-factor" if missing else "mfa_reauthenticate")
        # nosemgrep: TNT-REDIR-001 -- a page of this site; its query is quoted
        return redirect(f"{page}?{urlencode({REDIRECT_FIELD_NAME: wanted}, safe='/')}")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        """The site's own page, which tells the owner."""
        return HttpResponseRedirect(reverse("account_change_password"))

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """What changes an account wants a log-in a moment ago."""

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            from moviesite.accounts.recent_login import require_recent_login

            match = request.resolver_match
            name = (match.url_name if match else None) or ""
            if request.method == "POST" and name.startswith(OF_ACCOUNTS):
                require_recent_login(request)
            return view(request, *args, **kwargs)

        return super().admin_view(update_wrapper(guarded, view), cacheable)

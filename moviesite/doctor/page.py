"""The doctor's page in the admin, for administrators."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .address import as_seen
from .examine import examine

# Who keeps the members keeps the machine.
PERMISSION = "accounts.change_user"


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    context = {
        **admin.site.each_context(request),
        "title": _("The installation, examined"),
        "findings": examine(lambda: as_seen(request)),
    }
    return render(request, "admin/desk/doctor.html", context)

"""The page of the desk on which administrators read how the site is, and how it is set up."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog.admin.desk import Shortcut, add_shortcut
from moviesite.doctor.address import as_seen
from moviesite.doctor.examine import SET_UP, find
from moviesite.health.advice import findings_of
from moviesite.health.report import READY, UNAVAILABLE, looks

PERMISSION = "health.view_heartbeat"


@require_safe
@never_cache
def health_page(request: HttpRequest) -> TemplateResponse:
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    report = looks.current()
    context = {
        **admin.site.each_context(request),
        "title": _("Health of the site"),
        "at_work": findings_of(report),
        "set_up": find((lambda: as_seen(request), *SET_UP)),
        "is_ready": report.status == READY,
        "is_unavailable": report.status == UNAVAILABLE,
    }
    return TemplateResponse(request, "admin/health.html", context)


add_shortcut(Shortcut(_("Health of the site"), "admin:site_health", PERMISSION, "check"))

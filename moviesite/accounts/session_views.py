"""Signing out everywhere at once."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from .audit import account, record
from .models import AuditAction


@require_POST
@login_required
def end_everywhere(request: HttpRequest) -> HttpResponse:
    """All sessions of the member end, this one too."""
    for session in UserSession.objects.filter(user_id=request.user.pk):
        session.end()
    record(AuditAction.SESSIONS, about=account(request.user))
    logout(request)
    messages.success(request, _("You are signed out everywhere"))
    return redirect("home")

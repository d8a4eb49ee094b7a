"""The page behind an invitation's link."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .models import Invitation
from .sign_up import INVITED_BY


@require_safe
@never_cache
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """On to sign-up, with the invitation in hand."""
    if request.user.is_authenticated:
        return redirect("home")
    invitation = Invitation.objects.filter(token=token).first()
    if invitation is None or not invitation.is_open:
        return render(request, "account/invitation_ended.html", status=410)
    request.session[INVITED_BY] = invitation.token
    return redirect("account_signup")

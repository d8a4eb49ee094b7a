"""The page that tells staff how to set up the second factor that the administration wants."""

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_required
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .recent_login import FACTORS, lacks_second_factor


@require_safe
@never_cache
@login_required
def second_factor(request: HttpRequest) -> HttpResponse:
    """Whoever has one by now goes on to where the page was met."""
    wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
    if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        wanted = reverse("admin:index")
    if not lacks_second_factor(request):
        return redirect(wanted)  # nosemgrep: TNT-REDIR-001 -- on this host, looked at above
    return render(request, "account/second_factor.html", {"wanted": wanted})


@receiver(authenticator_added, dispatch_uid="accounts.factor_shown")
def count_as_shown(
    sender: object, request: HttpRequest, authenticator: Authenticator, **_: object
) -> None:
    """Who has just set up a factor had it at hand, and is not asked for it at once."""
    if authenticator.type in FACTORS:
        record_authentication(
            request, authenticator.user, "mfa", id=authenticator.pk, type=authenticator.type
        )

"""The page of those who share a device."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from . import household
from .models import QuickPin, User

# More digits are no key of a row, and more than 4,300 of them no number for Python.
LONGEST_KEY = 19


@require_safe
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """For a member: this device and the PIN. For nobody yet: who it is."""
    mates = household.housemates(request)
    if not request.user.is_authenticated:
        return render(request, "account/household_enter.html", {"mates": mates})
    member = _member(request)
    context = {
        "mates": mates,
        "uses_device": household.uses_device(request, member),
        "has_pin": QuickPin.objects.filter(user=member).exists(),
    }
    return render(request, "account/household.html", context)


@require_POST
@login_required
def device(request: HttpRequest) -> HttpResponse:
    """``join`` or ``leave``."""
    answer = redirect("household")
    if request.POST.get("wish") == "join":
        household.join_device(request, answer, _member(request))
    else:
        household.leave_device(request, answer, _member(request).pk)
    return answer


@require_POST
@login_required
def pin(request: HttpRequest) -> HttpResponse:
    """Another PIN; an empty one takes it away. The password says that it is the member's wish."""
    member, wanted = _member(request), request.POST.get("pin", "").strip()
    try:
        _confirm(member, request.POST.get("password", ""))
        if wanted:
            household.set_pin(member, wanted)
            messages.success(request, _("Your PIN was saved."))
        else:
            household.remove_pin(member)
            messages.success(request, _("Your PIN was removed."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("household")


def _confirm(member: User, password: str) -> None:
    """Raises ValidationError for a wrong password, counted like one at log-in."""
    if member.has_usable_password() and not get_adapter().reauthenticate(member, password):
        raise ValidationError(_("The password is not correct."))


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Out, and to the question who it is now."""
    logout(request)
    return redirect("household")


@require_POST
@never_cache
def enter(request: HttpRequest) -> HttpResponse:
    """The PIN stands for the password: whoever has a second factor is asked for it as well."""
    number = request.POST.get("member", "")
    if number.isascii() and number.isdigit() and len(number) <= LONGEST_KEY:
        user = household.enter_by_pin(request, int(number), request.POST.get("pin", ""))
        if user is not None:
            return perform_login(request, Login(user=user, redirect_url=reverse("home")))
    messages.error(request, _("That PIN did not fit. After five wrong ones, use the password."))
    return redirect("household")


def _member(request: HttpRequest) -> User:
    return get_object_or_404(User, pk=request.user.pk)

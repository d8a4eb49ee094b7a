"""Export of a member's data, and deletion of the account."""

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.account.models import EmailAddress
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from .deletion import LastAdministratorError, delete_account
from .export import csv_archive, json_document
from .forms import DeleteAccountForm
from .letterboxd import letterboxd_archive
from .models import User


@require_safe
@never_cache
@login_required
@reauthentication_required(app="allauth.account")
def export_csv(request: HttpRequest) -> StreamingHttpResponse:
    return _download(request, csv_archive(_member(request)), "application/zip", "zip")


@require_safe
@never_cache
@login_required
@reauthentication_required(app="allauth.account")
def export_json(request: HttpRequest) -> StreamingHttpResponse:
    return _download(request, json_document(_member(request)), "application/json", "json")


@require_safe
@never_cache
@login_required
@reauthentication_required(app="allauth.account")
def export_letterboxd(request: HttpRequest) -> StreamingHttpResponse:
    return _download(
        request, letterboxd_archive(_member(request)), "application/zip", "zip", "letterboxd"
    )


def _without_password(request: HttpRequest) -> bool:
    return request.user.is_authenticated and not request.user.has_usable_password()


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
@reauthentication_required(enabled=_without_password)
def delete(request: HttpRequest) -> HttpResponse:
    """Whoever has no password, but a passkey, is asked for that by allauth instead."""
    user = _member(request)
    form = DeleteAccountForm(request.POST or None, user=user)
    if request.method == "POST":
        refused = ratelimit.consume_or_429(request, action="reauthenticate", user=user)
        if refused is not None:
            return refused
        if form.is_valid():
            address = EmailAddress.objects.get_primary_email(user) or user.email
            try:
                delete_account(user)
            except LastAdministratorError:
                form.add_error(None, _("Without this account, nobody could administer the site."))
            else:
                tell = get_adapter(request).send_notification_mail
                tell("account/email/account_deleted", user, email=address)
                logout(request)
                messages.success(request, _("Your account and everything in it have been deleted"))
                return redirect("home")
    return render(
        request, "account/delete.html", {"form": form}, status=422 if form.errors else 200
    )


def _member(request: HttpRequest) -> User:
    return get_object_or_404(User, pk=request.user.pk)


def _download(
    request: HttpRequest, pieces: object, content_type: str, suffix: str, stem: str = "matinee"
) -> StreamingHttpResponse:
    """The file; the owner is told that somebody took it."""
    if request.method == "GET":
        get_adapter(request).send_notification_mail("account/email/data_exported", request.user)
    answer = StreamingHttpResponse(pieces, content_type=content_type)  # type: ignore[arg-type]
    name = f"{stem}-{timezone.localdate():%Y-%m-%d}.{suffix}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer

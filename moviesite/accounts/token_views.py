"""A member's API tokens: created, shown once, deleted."""

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from .audit import record
from .forms import TokenForm
from .models import ApiToken, AuditAction
from .tokens import MOST_TOKENS, TooManyTokensError, create_token


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
@reauthentication_required(allow_get=True, app="allauth.account")
def tokens(request: HttpRequest) -> HttpResponse:
    """The answer to a POST is the only page that ever has the token's ``text``."""
    staff = admin.site.has_permission(request)  # with the second factor, where it is wanted
    form = TokenForm(request.POST or None, may_administer=staff)
    text = None
    if request.method == "POST" and form.is_valid():
        text = _made(request, form)
        form = form if form.errors else TokenForm(may_administer=staff)
    mine = ApiToken.objects.filter(user=request.user)  # type: ignore[misc]
    context = {"form": form, "tokens": mine, "text": text}
    return render(request, "account/tokens.html", context, status=422 if form.errors else 200)


def _made(request: HttpRequest, form: TokenForm) -> str | None:
    """The text of a new token; the form says why there is none."""
    name = form.cleaned_data["name"]
    try:
        token, text = create_token(request.user, name, **form.choices())  # type: ignore[arg-type]
    except TooManyTokensError:
        most = {"most": MOST_TOKENS}
        form.add_error(None, _("You have %(most)d tokens already: remove one first.") % most)
        return None
    record(AuditAction.TOKEN, detail=f"made {token.hint}…")
    tell = get_adapter(request).send_notification_mail
    tell("account/email/token_made", request.user, {"token": token.name})
    return text


@require_POST
@login_required
@reauthentication_required(app="allauth.account")
def remove_token(request: HttpRequest, pk: int) -> HttpResponse:
    token = ApiToken.objects.filter(pk=pk).first()
    if token is not None:  # else removed already: what was wanted is so
        token = get_object_or_404(ApiToken, pk=pk, user_id=request.user.pk)
        token.delete()
        record(AuditAction.TOKEN, detail=f"removed {token.hint}…")
    return redirect("api-tokens")

"""A member's API tokens: created, shown once, deleted."""

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from .forms import TokenForm
from .models import ApiToken
from .tokens import create_token


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
@reauthentication_required(allow_get=True, app="allauth.account")
def tokens(request: HttpRequest) -> HttpResponse:
    """The answer to a POST is the only page that ever has the token's ``text``."""
    form = TokenForm(request.POST or None)
    text = None
    if request.method == "POST" and form.is_valid():
        token, text = create_token(request.user, form.cleaned_data["name"])  # type: ignore[arg-type]
        tell = get_adapter(request).send_notification_mail
        tell("account/email/token_made", request.user, {"token": token.name})
        form = TokenForm()
    mine = ApiToken.objects.filter(user=request.user)  # type: ignore[misc]
    context = {"form": form, "tokens": mine, "text": text}
    return render(request, "account/tokens.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
@reauthentication_required(app="allauth.account")
def remove_token(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(ApiToken, pk=pk, user_id=request.user.pk).delete()
    return redirect("api-tokens")

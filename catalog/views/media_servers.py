"""A member's media servers: the address they post to, what came of it, and fetching once."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.forms.media_servers import AccountForm, FetchForm
from catalog.hooks import addresses, stars
from catalog.hooks.fetch import run
from catalog.hooks.fetch.outbound import FetchError
from catalog.hooks.gather import LOG_LENGTH
from catalog.hooks.words import said
from catalog.models import HookAddress, HookDelivery

from .parameters import keys_in
from .responses import member_id, member_required, told


@require_safe
@never_cache
@member_required
def media_servers(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_http_methods(["POST"])
@never_cache
@member_required
def new_address(request: HttpRequest) -> HttpResponse:
    """The answer is the only page that ever has the address."""
    _address, token = addresses.replace(member_id(request))
    shown = request.build_absolute_uri(reverse("catalog:hook", args=[token]))
    return _page(request, shown=shown)


@require_POST
@member_required
def remove_address(request: HttpRequest) -> HttpResponse:
    if addresses.remove(member_id(request)):
        messages.success(request, _("The address no longer works"))
    return redirect("catalog:media-servers")


@require_POST
@member_required
def set_account(request: HttpRequest) -> HttpResponse:
    form = AccountForm(request.POST)
    if not form.is_valid():
        return _page(request, account_form=form, status=422)
    addresses.set_account(member_id(request), form.cleaned_data["account"])
    messages.success(request, _("Your choice was saved"))
    return redirect("catalog:media-servers")


@require_POST
@never_cache
@member_required
def fetch_watched(request: HttpRequest) -> HttpResponse:
    form = FetchForm(request.POST)
    if form.is_valid():
        values = form.cleaned_data
        try:
            sync = run.begin(
                user_id=member_id(request),
                kind=values["server"],
                address=values["address"],
                key=values["key"],
                user=values["user"],
            )
        except FetchError as error:
            form.add_error("address", str(said(error.code)))
        except run.TooManyFetchesError:
            form.add_error(None, _("Your last fetch is still under way."))
        else:
            return redirect(sync)
    return _page(request, fetch_form=form, status=422)


@require_POST
@member_required
def decline_stars(request: HttpRequest) -> HttpResponse:
    """No stars for these films: the home page asks no more."""
    stars.decline(member_id(request), keys_in(request.POST.getlist("movie")))
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse()
    return told(request, _("You will not be asked again"), otherwise=reverse("home"))


def _page(
    request: HttpRequest,
    *,
    shown: str = "",
    account_form: AccountForm | None = None,
    fetch_form: FetchForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user_id = member_id(request)
    address = HookAddress.objects.filter(user_id=user_id).first()
    log = HookDelivery.objects.filter(user_id=user_id).select_related("event__sync", "event__movie")
    context: dict[str, Any] = {
        "address": address,
        "shown": shown,
        "account_form": account_form or AccountForm(instance=address, label_suffix=""),
        "fetch_form": fetch_form or FetchForm(label_suffix=""),
        "log": [
            {"delivery": one, "said": said(one.ignored) if one.ignored else ""}
            for one in log[:LOG_LENGTH]
        ],
    }
    return render(request, "catalog/media_servers.html", context, status=status)

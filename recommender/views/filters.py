"""The page of recommendation filters; choices are remembered, a visitor's in the session."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from recommender.forms import PreferencesForm
from recommender.pages.saved_filters import chosen_by, forget, keep, without_filters


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def filters(request: HttpRequest) -> HttpResponse:
    """GET shows the ``form``; POST keeps it, or with ``reset`` goes back to the defaults.

    Both lead to ``next``, the page that asked for it.
    """
    next_ = _next(request)
    if request.method == "POST" and "reset" in request.POST:
        forget(request)
        messages.success(request, _("All films can be recommended again"))
        return redirect(next_)
    form = PreferencesForm(request.POST or None, instance=chosen_by(request))
    if request.method == "POST" and form.is_valid():
        keep(request, form.instance)
        messages.success(request, _("Your choices were saved"))
        return redirect(next_)
    part = request.htmx and request.method == "GET"  # type: ignore[attr-defined]
    return render(
        request,
        "recommender/_filters.html" if part else "recommender/filters.html",
        {"form": form, "next": next_},
        status=422 if request.method == "POST" else 200,
    )


def _next(request: HttpRequest) -> str:
    """A page of ours, on which the filters that are kept hold."""
    asked = request.POST.get("next") or request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return without_filters(asked)
    return reverse("recommender:home")

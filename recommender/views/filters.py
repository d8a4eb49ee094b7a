"""Choosing what to be recommended; the choices are remembered."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from recommender.forms import PreferencesForm
from recommender.models import Preferences


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def filters(request: HttpRequest) -> HttpResponse:
    """GET shows the ``form``; POST saves it, or with ``reset`` goes back to the defaults."""
    user_id: int = request.user.pk  # type: ignore[assignment]
    if request.method == "POST" and "reset" in request.POST:
        Preferences.objects.filter(user_id=user_id).delete()
        messages.success(request, _("All films may be recommended again"))
        return redirect("recommender:home")
    chosen = Preferences.objects.filter(user_id=user_id).first() or Preferences(user_id=user_id)
    form = PreferencesForm(request.POST or None, instance=chosen)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your choices are saved"))
        return redirect("recommender:home")
    part = request.htmx and request.method == "GET"  # type: ignore[attr-defined]
    return render(
        request,
        "recommender/_filters.html" if part else "recommender/filters.html",
        {"form": form},
        status=422 if request.method == "POST" else 200,
    )

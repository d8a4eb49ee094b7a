"""The page of a member's settings."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalog.forms.personal import SharingForm
from catalog.models import Sharing

from .forms import ProfileForm
from .models import User


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    # A copy of its own: a refused name must not show in the page's header.
    user = get_object_or_404(User.objects.select_related("sharing"), pk=request.user.pk)
    form = ProfileForm(request.POST or None, instance=user)
    sharing = SharingForm(request.POST or None, instance=Sharing.of(user))
    if request.method == "POST" and form.is_valid() and sharing.is_valid():
        with transaction.atomic():
            form.save()
            sharing.save()
        messages.success(request, _("Your profile was saved"))
        return redirect("profile")
    return render(
        request,
        "account/profile.html",
        {"form": form, "sharing": sharing},
        status=422 if form.errors else 200,
    )

"""The page of a member's settings."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalog.forms.personal import SharingForm
from catalog.models import Sharing, Takedown

from .forms import ProfileForm
from .models import User


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    # A copy of its own: a refused name must not show in the page's header.
    user = get_object_or_404(User.objects.select_related("sharing"), pk=request.user.pk)
    form = ProfileForm(request.POST or None, instance=user)
    sharing = SharingForm(request.POST or None, instance=Sharing.of(user))
    if request.method == "POST" and _saved(user, form, sharing):
        messages.success(request, _("Your profile was saved"))
        return redirect("profile")
    return render(
        request,
        "account/profile.html",
        {"form": form, "sharing": sharing, "name_taken_down": Takedown.of_name(user)},
        status=422 if form.errors else 200,
    )


@transaction.atomic
def _saved(user: User, form: ProfileForm, sharing: SharingForm) -> bool:
    """Whether it was: in one transaction with the look at other names, which nobody takes then."""
    if not (form.is_valid() and sharing.is_valid()):
        return False
    # Only what the forms have: a moderator may be taking something down just now.
    user.save(update_fields=form.changed_data)
    Sharing.objects.update_or_create(user=user, defaults=sharing.cleaned_data)
    return True

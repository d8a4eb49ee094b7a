"""Log-in and sign-up: from a page whose token became stale, and where no mail can be sent."""

from collections.abc import Callable

from allauth.account.views import login, signup
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponse]


def forgiving(view: View) -> View:
    """Offer the form anew, with a fresh token, where another tab logged in or out meanwhile.

    Reloading cannot help there: it sends the same form again. Nothing is done with a refused form,
    and one from another origin is refused as everywhere.
    """

    @csrf_exempt
    def guarded(request: HttpRequest) -> HttpResponse:
        refusal = CsrfViewMiddleware(view).process_view(request, view, (), {})
        if refusal is None:
            return view(request)
        if not _is_from_here(request):
            return refusal
        if not request.user.is_authenticated:
            text = _("This page had been open for too long. Please try once more.")
            messages.info(request, text)
        return HttpResponseRedirect(request.get_full_path())

    return guarded


def _is_from_here(request: HttpRequest) -> bool:
    """Whether a page of this site sent the form to a browser that keeps the site's cookies."""
    origin = request.headers.get("Origin")
    own = f"{request.scheme}://{request.get_host()}"
    return (origin is None or origin == own) and settings.CSRF_COOKIE_NAME in request.COOKIES


def whole(view: View) -> View:
    """Make no account of which its owner cannot be told: where the mail fails, nothing was done."""

    def guarded(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return view(request)
        with transaction.atomic():
            return view(request)

    return guarded


log_in = forgiving(login)
sign_up = forgiving(whole(signup))

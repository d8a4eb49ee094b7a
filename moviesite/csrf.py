"""What a refused form says: its page is too old, or the site does not know where it stands."""

from __future__ import annotations

from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import (
    REASON_BAD_ORIGIN,
    REASON_BAD_REFERER,
    REASON_INSECURE_REFERER,
    REASON_MALFORMED_REFERER,
    REASON_NO_CSRF_COOKIE,
    REASON_NO_REFERER,
)
from django.shortcuts import render
from django.utils.translation import gettext as _

log = structlog.get_logger(__name__)

# Django fills in an origin; what stands before it tells the reason.
WRONG_PLACE = tuple(
    reason.partition("%s")[0]
    for reason in (REASON_BAD_ORIGIN, REASON_BAD_REFERER, REASON_INSECURE_REFERER)
)
NO_PLACE = (REASON_NO_REFERER, REASON_MALFORMED_REFERER)


def refuse(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page, or the words alone, for a form that did not pass; ``reason`` is Django's."""
    seen = f"{request.scheme}://{request.get_host()}"
    details = ""
    if reason in NO_PLACE:
        heading = _("Your browser does not say where the form is from")
        text = _("Allow it to send the “Referer” to this site, then reload the page.")
    elif reason.startswith(WRONG_PLACE):
        # Of a referer only the host: the rest may be a link that opens an account.
        came = urlsplit(request.headers.get("Origin") or request.headers.get("Referer", ""))
        details = (
            f"The form came from {came.scheme}://{came.netloc}, and the site believes to be"
            f" {seen}. Set MATINEE_URL to the address that people type; behind a proxy, name it in"
            " MATINEE_TRUSTED_PROXIES and let it pass on Host and X-Forwarded-Proto. A form that"
            " another site made is refused rightly."
        )
        heading = _("This form came from another address")
        text = _(
            "The site does not know the address as its own that your browser shows. If it is the"
            " right one, tell those who run the site: its log says what to set."
        )
    elif reason == REASON_NO_CSRF_COOKIE:
        heading = _("Your browser sent no cookie")
        text = _("Allow cookies of this site, go back, reload the page and send the form again.")
        if settings.CSRF_COOKIE_SECURE and not request.is_secure():
            details = (
                f"Cookies are for HTTPS alone, and the site believes to be {seen}. Use https, or"
                " let MATINEE_URL begin with http."
            )
    else:
        heading = _("That form has expired")
        text = _(
            "For your safety, the form was not accepted. Go back, reload the page and send it"
            " again."
        )
    if details:
        # nosemgrep: TNT-LOG-001 -- the log escapes line ends
        log.error("form_refused", reason=reason, hint=details)
    shown = details if settings.LOCAL else ""
    if request.headers.get("HX-Request"):  # a script shows the words on the page that is open
        words = f"{heading}. {text} {shown}".strip()
        return HttpResponse(words, status=403, content_type="text/plain; charset=utf-8")
    context = {"heading": heading, "text": text, "details": shown}
    return render(request, "403_csrf.html", context, status=403)

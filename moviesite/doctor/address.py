"""Host, scheme, proxy and origin: whether the settings fit each other, and the address answers."""

from __future__ import annotations

from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from moviesite.middleware.public_address import PublicAddress
from moviesite.proxies import TrustedProxies

from .diagnosis import Findings, hint, ok, wrong

SECONDS = 5


def host() -> Findings:
    subject = _("Host")
    address: PublicAddress = settings.PUBLIC_ADDRESS
    if "*" in settings.ALLOWED_HOSTS:
        yield hint(
            subject,
            _("The site answers to every host name, also to one that somebody made up."),
            _("Name its hosts in ALLOWED_HOSTS, or its address in MATINEE_URL."),
        )
    elif not settings.ALLOWED_HOSTS:
        yield wrong(
            subject,
            _("The site answers to no host name: each page is “Bad Request”."),
            _("Set MATINEE_URL to the address that people type."),
        )
    elif not address and not settings.LOCAL:
        yield hint(
            subject,
            _("No public address is set: mails and the API name whatever host a visitor used."),
            _("Set MATINEE_URL to the address that people type."),
        )
    else:
        hosts = ", ".join(dict.fromkeys(settings.ALLOWED_HOSTS))
        yield ok(subject, _("The site answers to %(hosts)s.") % {"hosts": hosts})


def scheme() -> Findings:
    subject = _("Scheme")
    address: PublicAddress = settings.PUBLIC_ADDRESS
    if address.secure and not settings.HTTPS:
        yield wrong(
            subject,
            _("MATINEE_URL begins with https, and HTTPS is set to false: cookies may leak."),
            _("Remove the variable HTTPS; MATINEE_URL says enough."),
        )
    elif address and settings.HTTPS and not address.secure:
        yield wrong(
            subject,
            _("MATINEE_URL begins with http, and HTTPS is set to true: links lead astray."),
            _("Let MATINEE_URL begin with https, or remove the variable HTTPS."),
        )
    elif settings.HTTPS:
        yield ok(subject, _("HTTPS, for this host alone or with others as HSTS_SUBDOMAINS says."))
    elif settings.LOCAL:
        yield ok(subject, _("HTTP, on this machine."))
    else:
        yield hint(
            subject,
            _("HTTPS is off: whoever is between a member and the site reads passwords."),
            _("Put a proxy with a certificate in front, and set MATINEE_URL to https://…"),
        )


def proxy() -> Findings:
    subject = _("Proxy")
    trusted: TrustedProxies = settings.MATINEE_TRUSTED_PROXIES
    if settings.HTTPS and not trusted:
        yield wrong(
            subject,
            _("HTTPS is on, and no proxy is named that ends it: pages redirect without end."),
            _("Set MATINEE_TRUSTED_PROXIES to the proxy's address, such as 127.0.0.1."),
        )
    elif trusted:
        named = ", ".join(map(str, trusted.networks)) or str(trusted.hops)
        yield ok(subject, _("Believed: %(proxies)s.") % {"proxies": named})
    else:
        yield ok(subject, _("None is believed; who connects is the visitor."))


def origins() -> Findings:
    subject = _("Origins of forms")
    strange = [
        origin
        for origin in settings.CSRF_TRUSTED_ORIGINS
        if not urlsplit(origin).scheme or not urlsplit(origin).hostname
    ]
    if strange:
        yield wrong(
            subject,
            _("These are no origins: %(origins)s.") % {"origins": ", ".join(strange)},
            _("Write each as scheme and host in CSRF_TRUSTED_ORIGINS, such as https://nas.lan"),
        )
    else:
        named = ", ".join(dict.fromkeys(settings.CSRF_TRUSTED_ORIGINS))
        yield ok(
            subject,
            _("Beside the host itself: %(origins)s.") % {"origins": named}
            if named
            else _("The host itself alone."),
        )


def answers() -> Findings:
    """Ask for the front page as a visitor does."""
    address: PublicAddress = settings.PUBLIC_ADDRESS
    if not address:
        return
    subject, page = _("Public address"), str(address)
    told = {"address": page}
    try:
        answer = requests.get(page, timeout=SECONDS, allow_redirects=False)
    except requests.exceptions.SSLError as error:
        yield wrong(
            subject,
            _("The certificate of %(address)s is not accepted: ") % told + _cause(error),
            _("Give the proxy a certificate for this host."),
        )
        return
    except requests.RequestException as error:
        yield hint(
            subject,
            _("From here, nobody answers at %(address)s: ") % told + _cause(error),
            _("Look from outside: some routers do not lead a machine to its own public address."),
        )
        return
    if answer.is_redirect and answer.headers["Location"] == page:
        yield wrong(
            subject,
            _("%(address)s redirects to itself: the site does not learn that HTTPS was used.")
            % told,
            _("Name the proxy in MATINEE_TRUSTED_PROXIES, and let it set X-Forwarded-Proto."),
        )
    elif answer.status_code == 400:
        yield wrong(
            subject,
            _("%(address)s says “Bad Request”: the site is told another host.") % told,
            _("Let the proxy pass on the header Host as it came."),
        )
    elif answer.status_code == 404:
        yield wrong(
            subject,
            _("%(address)s is not found: another site answers, or the path is lost.") % told,
            _("Let the proxy pass the whole path on, as in the samples under deploy/."),
        )
    elif answer.status_code >= 500:
        yield wrong(
            subject,
            _("%(address)s answers with an error, %(status)s.")
            % {**told, "status": answer.status_code},
            _("See the log of the web process; of the proxy for 502 to 504."),
        )
    else:
        yield ok(subject, _("%(address)s answers.") % told)


def _cause(error: Exception) -> str:
    while error.__cause__ or error.__context__:
        cause = error.__cause__ or error.__context__
        if not isinstance(cause, Exception):
            break
        error = cause
    return str(error)


def as_seen(request: HttpRequest) -> Findings:
    """How the request for this very page came in."""
    subject = _("This visit")
    seen = f"{request.scheme}://{request.get_host()}"
    told = {"address": seen, "visitor": request.META["REMOTE_ADDR"]}
    address: PublicAddress = settings.PUBLIC_ADDRESS
    if address and seen != address.origin:
        yield hint(
            subject,
            _("This page came by %(address)s, for a visitor at %(visitor)s.") % told
            + " "
            + _("Others know the site as %(address)s.") % {"address": address},
            _("Let the proxy pass on Host and X-Forwarded-Proto, unless you came another way."),
        )
    else:
        yield ok(subject, _("This page came by %(address)s, for a visitor at %(visitor)s.") % told)

"""Notices sent at once to addresses of Apprise that a member gave.

Only services that send over HTTP are taken, and no address that leads into the site's own network,
neither when it is given nor when something is sent: a member's address must not make the site talk
to what is behind it.
"""

from __future__ import annotations

from apprise import Apprise, AppriseAsset, NotifyBase
from django.conf import settings
from django.utils import timezone

from catalog.hooks.fetch.outbound import FetchError, find_server
from catalog.models import Notice, NoticeChoices
from catalog.queries.films_by_key import name_films_among
from catalog.rendering.notice_words import address_of, in_words
from catalog.services.member_language import in_language_of

from .addresses import full_address
from .guarded import checked_connections

MOST_ADDRESSES = 5
MOST_AT_ONCE = 10
# Their hosts are the services' own.
FIXED = frozenset({"discord", "tgram", "slack", "pover", "pbul", "pushed", "signl4", "threema"})
# Somebody runs these at home: the host is looked at.
HOSTED = frozenset({"ntfy", "ntfys", "gotify", "gotifys", "matrix", "matrixs", "json", "jsons"})
ASSET = AppriseAsset(http_redirects=False)


class AddressError(ValueError):
    """``address`` cannot be taken."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


def check_addresses(text: str) -> list[str]:
    """The addresses of a text, one a line. Raises AddressError for the first that is no good."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_ADDRESSES:
        raise AddressError(lines[MOST_ADDRESSES])
    for line in lines:
        _service(line)
    return lines


def push_notices(user_id: int) -> int:
    """Send what was not sent yet, each notice once. Returns how many went."""
    choices = NoticeChoices.objects.filter(user_id=user_id, user__is_active=True).first()
    if choices is None or not choices.pushed or not choices.apprise_urls:
        return 0
    waiting = Notice.objects.filter(
        user_id=user_id, kind__in=choices.pushed, pushed_at=None
    ).select_related("movie", "other")
    notices = list(waiting.order_by("made_at")[:MOST_AT_ONCE])
    now = timezone.now()
    # Marked before: what fails on the way is rather lost than sent twice.
    fresh = [
        one
        for one in notices
        if Notice.objects.filter(pk=one.pk, pushed_at=None).update(pushed_at=now)
    ]
    if not fresh:
        return 0
    with in_language_of(user_id):
        name_films_among(fresh)
        body = "\n".join(f"{in_words(one)}\n{full_address(address_of(one))}" for one in fresh)
    # Not by a whole Apprise: it sends from threads of its own, whose connections nobody checks.
    services = [one for line in choices.apprise_urls.splitlines() if (one := _still_good(line))]
    with checked_connections():
        sent = [one.notify(title=settings.SITE_NAME, body=body) for one in services]
    return len(fresh) if sent and all(sent) else 0


def _still_good(address: str) -> NotifyBase | None:
    """Nothing for an address that was good once; the settings say that it is not."""
    try:
        return _service(address)
    except AddressError:
        return None


def _service(address: str) -> NotifyBase:
    schema = address.partition(":")[0].lower()
    service = Apprise.instantiate(address, asset=ASSET) if schema in FIXED | HOSTED else None
    if not isinstance(service, NotifyBase):
        raise AddressError(address)
    service.redirects = False  # an address may ask for it
    host = getattr(service, "host", None)
    in_the_cloud = getattr(service, "mode", "") == "cloud"
    if schema in HOSTED and host and not in_the_cloud:
        scheme = "https" if getattr(service, "secure", False) else "http"
        port = f":{service.port}" if getattr(service, "port", None) else ""
        try:
            find_server(f"{scheme}://{host}{port}")
        except FetchError as error:
            raise AddressError(address) from error
    return service

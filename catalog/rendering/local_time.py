"""The visitor's own time, as far as the browser has told its time zone."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone

COOKIE = "timezone"  # written by js/page.js


def local_now(request: HttpRequest) -> datetime:
    """Now, by the visitor's clock; by the site's where the visitor's is not known."""
    zone = _zone(request.COOKIES.get(COOKIE, "")[:60])
    return timezone.localtime(timezone=zone) if zone else timezone.localtime()


@lru_cache(500)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):  # no such zone, or a name that is a path
        return None

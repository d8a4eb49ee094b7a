"""Values as servers write them: numbers and truths as text, ids with prefixes, any kind of time."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from catalog.models.diary import FIRST_SHOW
from catalog.services.diary import latest_day

from .told import Payload

IMDB_ID = re.compile(r"tt\d{7,10}")
LONGEST_TITLE = 300
YEARS = range(1870, 2201)
LARGEST_ID = 2**31 - 1
# Times before this are no times: servers write 0001-01-01 and 1970-01-01 for "never".
FIRST_TIME = datetime(1990, 1, 1, tzinfo=UTC)
# .NET writes seven digits after the second, Python reads six.
FRACTION = re.compile(r"(\.\d{6})\d+")


def part(payload: Payload, name: str) -> Payload:
    """An object inside of another; an empty one where there is none."""
    value = payload.get(name)
    return value if isinstance(value, Mapping) else {}


def parts(payload: Payload, name: str) -> list[Payload]:
    value = payload.get(name)
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def text(value: object) -> str:
    """Text without control characters, in one line; numbers are text too."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return " ".join("".join(c if c.isprintable() else " " for c in str(value)).split())


def title(value: object) -> str:
    return text(value)[:LONGEST_TITLE]


def number(value: object) -> float | None:
    """A finite number, also where it is written as text with a point or a comma."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        read = float(value.replace(",", ".") if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return None
    return read if math.isfinite(read) else None


def truth(value: object) -> bool:
    """``true``, 1, and what a template writes: ``"True"``."""
    return text(value).lower() in ("true", "1", "yes") if not isinstance(value, bool) else value


def whole(value: object) -> int | None:
    read = number(value)
    return int(read) if read is not None and read == int(read) else None


def year(value: object) -> int | None:
    read = whole(value)
    return read if read in YEARS else None


def imdb_id(value: object) -> str | None:
    found = IMDB_ID.search(text(value).lower())
    return found[0] if found else None


def tmdb_id(value: object) -> int | None:
    read = whole(value)
    return read if read is not None and 0 < read <= LARGEST_ID else None


def half_stars(value: object, most: float) -> int | None:
    """Stars out of ``most``; None for 0, which is how servers say that there are none."""
    read = number(value)
    if read is None or read <= 0 or read > most:
        return None
    return max(1, math.floor(read * 10 / most + 0.5))


def moment(value: object) -> datetime | None:
    """ISO 8601, or seconds since 1970; a time without a zone is the site's."""
    seconds = number(value)
    if seconds is not None:
        try:
            read = datetime.fromtimestamp(seconds, UTC)
        except (OverflowError, ValueError, OSError):
            return None
    else:
        try:
            parsed = parse_datetime(FRACTION.sub(r"\1", text(value)))
        except ValueError:
            return None
        if parsed is None:
            return None
        read = parsed if timezone.is_aware(parsed) else timezone.make_aware(parsed)
    return read if read >= FIRST_TIME else None


def day(value: object) -> date | None:
    """The day of a time in its own zone, where that is told, else in the site's.

    None where the day has not come or there were no films yet.
    """
    written = text(value)
    try:
        read = parse_date(written)
    except ValueError:
        return None
    if read is None:
        if (at := moment(value)) is None:
            return None
        own = number(value) is None and at.tzinfo is not None and at.utcoffset()
        read = at.date() if own else timezone.localdate(at)
    return read if FIRST_SHOW <= read <= latest_day() else None

"""Days and times as people's files have them, brought into the form of ISO 8601.

A day written 03/04/2024 is the third of April or the fourth of March: all days of a file are
looked at before one is read, and what stays open is for the member to say.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from dateutil import parser
from django.utils import timezone

DAY_FIRST, MONTH_FIRST, LEFT_OUT = "day-first", "month-first", "left-out"
ORDERS = (DAY_FIRST, MONTH_FIRST, LEFT_OUT)

# A day without a time may be tomorrow's in the place where it was written down.
AHEAD = timedelta(days=1)
EARLIEST = datetime(1895, 12, 28, tzinfo=UTC)

YEAR_FIRST = re.compile(r"(\d{4})[./-](\d{1,2})[./-](\d{1,2})(?=$|[T\s,])")
YEAR_LAST = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?=$|[T\s,])")
SECONDS = re.compile(r"\d{9,10}(?:\.\d+)?")
MILLISECONDS = re.compile(r"\d{12,13}")
# Where a column says whether instead of when.
NO = "no"
NEGATIONS = frozenset({"no", "false", "nein", "non", "n"})
AFFIRMATIONS = frozenset({"yes", "true", "ja", "oui", "y", "x", "1", "✓"})
# Two days in which a missing piece would be filled in differently.
DEFAULTS = (datetime(1904, 1, 1), datetime(1908, 2, 3))


def open_order(texts: Iterable[str]) -> tuple[str | None, list[str]]:
    """The order of days and months in a file, and examples where nothing tells it.

    None where both orders occur or none is to be told; without examples nobody has to be asked.
    """
    found: set[str] = set()
    examples: list[str] = []
    for text in texts:
        match = YEAR_LAST.match(text)
        if match is None:
            continue
        first, separator, second = int(match[1]), match[2], int(match[3])
        if separator == "." or first > 12:
            found.add(DAY_FIRST)
        elif second > 12:
            found.add(MONTH_FIRST)
        elif first != second and len(examples) < 3 and text not in examples:
            examples.append(text)
    if len(found) == 1:
        return found.pop(), []
    return None, examples


def iso(text: str, order: str | None) -> str | None:
    """A day or time in ISO 8601; None for what is none, or not the time of anything watched."""
    try:
        read = _read(text, order)
        if read is None:
            return None
        known = read if read.tzinfo else read.replace(tzinfo=UTC)
        if not EARLIEST <= known <= timezone.now() + AHEAD:
            return None
    except (ValueError, OverflowError, OSError):
        return None
    is_number = SECONDS.fullmatch(text) or MILLISECONDS.fullmatch(text)
    has_time = is_number or re.search(r"\d:\d\d|T\d", text)
    return read.isoformat() if has_time else read.date().isoformat()


def _read(text: str, order: str | None) -> datetime | None:
    if MILLISECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    if SECONDS.fullmatch(text):
        return datetime.fromtimestamp(float(text), UTC)
    if match := YEAR_FIRST.match(text):
        rest = text[match.end() :].strip(" ,T")
        return _with_time(int(match[1]), int(match[2]), int(match[3]), rest)
    if match := YEAR_LAST.match(text):
        return _year_last(match, order, text[match.end() :].strip(" ,T"))
    if re.fullmatch(r"\d{8}", text):
        return datetime.strptime(text, "%Y%m%d")
    return _in_words(text)


def _year_last(match: re.Match[str], order: str | None, rest: str) -> datetime | None:
    first, separator, second = int(match[1]), match[2], int(match[3])
    if separator == "." or first > 12 or first == second:
        day_first = True
    elif second > 12:
        day_first = False
    elif order in (DAY_FIRST, MONTH_FIRST):
        day_first = order == DAY_FIRST
    else:
        return None
    year = int(match[4])
    if year < 100:
        year += 2000 if year <= (timezone.now().year + 1) % 100 else 1900
    day, month = (first, second) if day_first else (second, first)
    return _with_time(year, month, day, rest)


def _with_time(year: int, month: int, day: int, rest: str) -> datetime:
    if not rest:
        return datetime(year, month, day)
    try:
        return datetime.fromisoformat(f"{year:04}-{month:02}-{day:02}T{rest.replace(' ', '')}")
    except ValueError:
        return parser.parse(rest, default=datetime(year, month, day))


def _in_words(text: str) -> datetime | None:
    """``3 May 2024``, ``May 3, 2024`` and the like; None where a piece of the day is missing."""
    if not re.search(r"[A-Za-z]{3}", text) or len(text) > 60:
        return None
    one, other = (parser.parse(text, default=default) for default in DEFAULTS)
    return one if one == other or one.date() == other.date() else None


def texts_of(values: Iterable[Any]) -> Iterable[str]:
    """What stands in cells, as trimmed text; nothing where they are empty."""
    for value in values:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            continue
        if text := str(value).strip():
            yield text

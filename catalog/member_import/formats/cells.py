"""Parsing cells of an export. Each function raises RowRefusedError for an invalid value."""

import math
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import timezone

from catalog.datasets.cells import LARGEST_ID, line_of_text
from catalog.models.diary import FIRST_SHOW
from catalog.services.ratings import InvalidRatingError, half_stars_of

from .records import RowAsideError, RowRefusedError

LONGEST_TITLE = 300
YEARS = range(1870, 2201)
# A day without a time may be tomorrow's in the place where it was written down.
AHEAD = timedelta(days=1)
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
OLD_IMDB = "%a %b %d %H:%M:%S %Y"

# Titles do begin with such signs ("+1", "-30-"), but not with a call behind them.
FORMULA = re.compile(r"\s*(?:=|[+@-]\s*[A-Za-z][\w.]*\s*[(|!])")
# Blanks stay; lone surrogates, which JSON can write, are no text.
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
IMDB_ID = re.compile(r"(?:tt)?0*([1-9]\d{0,9})", re.IGNORECASE)


def title(value: Any) -> str:
    """A title in one line without control characters, "" where there is none."""
    text = _text(value)
    if FORMULA.match(text):
        raise RowRefusedError("formula", value=text)
    line = line_of_text(CONTROL.sub("", text), LONGEST_TITLE + 1)
    if len(line) > LONGEST_TITLE:
        raise RowRefusedError("long-title")
    return line


def year(value: Any) -> int | None:
    text = _text(value)
    if not text:
        return None
    if not re.fullmatch(r"\d{4}", text, re.ASCII) or int(text) not in YEARS:
        raise RowRefusedError("bad-year", value=text)
    return int(text)


def stars(value: Any) -> int | None:
    """Half-stars of 0.5 to 5 stars; None for an empty cell."""
    text = _text(value)
    if not text:
        return None
    try:
        return half_stars_of(text)
    except InvalidRatingError as error:
        raise RowRefusedError("bad-stars", value=text) from error


def ten_points(value: Any) -> int | None:
    """1 to 10 points are as many half-stars; None for an empty cell."""
    text = _text(value)
    if not text:
        return None
    if not re.fullmatch(r"[1-9]|10", text, re.ASCII):
        raise RowRefusedError("bad-stars", value=text)
    return int(text)


def stars_given(half_stars: int | None) -> int:
    """The half-stars of a rating. Raises RowAsideError for a film that has none."""
    if half_stars is None:
        raise RowAsideError("no-stars")
    return half_stars


def moment(value: Any) -> datetime | None:
    """A day (its beginning, UTC) or a time of ISO 8601; None for an empty cell."""
    text = _text(value)
    if not text:
        return None
    try:
        read = datetime.fromisoformat(text) if text[0].isdigit() else _old(text)
    except ValueError as error:
        raise RowRefusedError("bad-date", value=text) from error
    return _plausible(read if read.tzinfo else read.replace(tzinfo=UTC), text)


def _old(text: str) -> datetime:
    """``Sun Feb  3 00:00:00 2013``, as IMDb wrote it once."""
    return datetime.strptime(text, OLD_IMDB)


def day(value: Any) -> date | None:
    """A day, 1999-03-31; None for an empty cell."""
    text = _text(value)
    if not text:
        return None
    try:
        read = date.fromisoformat(text)
    except ValueError as error:
        raise RowRefusedError("bad-date", value=text) from error
    if read > (timezone.now() + AHEAD).date():
        raise RowRefusedError("future", value=text)
    if read < FIRST_SHOW:
        raise RowRefusedError("bad-date", value=text)
    return read


def seconds(value: Any) -> datetime | None:
    """Seconds since 1970; None for an empty cell."""
    text = _text(value)
    if not text:
        return None
    try:
        number = float(text)
        read = datetime.fromtimestamp(number, UTC) if math.isfinite(number) else None
    except (ValueError, OverflowError, OSError):
        read = None
    if read is None:
        raise RowRefusedError("bad-date", value=text)
    return _plausible(read, text)


def _plausible(read: datetime, text: str) -> datetime:
    now = timezone.now()
    try:
        if read > now + AHEAD:
            raise RowRefusedError("future", value=text)
        if read < EARLIEST:
            raise RowRefusedError("bad-date", value=text)
        return min(read.astimezone(UTC), now)
    except OverflowError as error:
        raise RowRefusedError("bad-date", value=text) from error


def imdb_id(value: Any) -> str | None:
    """``tt0114709``, ``0114709`` or ``114709`` → ``tt0114709``; None for an empty cell."""
    text = _text(value)
    if not text or not text.strip("0"):
        return None
    match = IMDB_ID.fullmatch(text)
    if match is None:
        raise RowRefusedError("bad-id", value=text)
    return f"tt{match[1].zfill(7)}"


def number(value: Any) -> int | None:
    """An id of TMDB or MovieLens; None for an empty cell."""
    text = _text(value)
    if not text:
        return None
    if not re.fullmatch(r"\d{1,10}", text, re.ASCII) or int(text) > LARGEST_ID:
        raise RowRefusedError("bad-id", value=text)
    return int(text) or None


def _text(value: Any) -> str:
    """Whatever stands in a cell of a table or a field of a document, as trimmed text."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise RowRefusedError("no-object")
    return str(value).strip()

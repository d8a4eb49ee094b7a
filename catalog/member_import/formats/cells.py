"""Parsing cells of an export. Each function raises RowRefusedError for an invalid value."""

import re
from datetime import UTC, date, datetime
from typing import Any

from django.utils import timezone

from catalog.datasets.cells import LARGEST_ID, line_of_text
from catalog.services.ratings import InvalidRatingError, half_stars_of

from .records import RowAsideError, RowRefusedError

LONGEST_TITLE = 300
LONGEST_NOTE = 20_000
YEARS = range(1870, 2201)

# Titles do begin with such signs ("+1", "-30-"), but not with a call behind them.
FORMULA = re.compile(r"\s*(?:=|[+@-]\s*[A-Za-z][\w.]*\s*[(|!])")
# Blanks stay; lone surrogates, which JSON can write, are no text.
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
IMDB_ID = re.compile(r"(?:.*/title/)?(?:tt)?0*([1-9]\d{0,9})(?:\.0+)?/?(?:\?.*)?", re.IGNORECASE)
NUMBER = re.compile(r"(?:.*/movie/)?(\d{1,10})(?:\.0+)?(?:-[^/]*)?/?", re.ASCII)
# A film's address at Letterboxd; there are short ones, and those with the title.
LETTERBOXD = re.compile(
    r"(?:https?://)?(?:www\.)?(boxd\.it/\w+|letterboxd\.com/film/[\w-]+)/?",
    re.ASCII | re.IGNORECASE,
)
# What sites call series, seasons, episodes, games and the rest; all else is a film.
OTHER_TYPES = re.compile(
    r"series|show|season|episode|game|podcast|music|manga|anime|book|comic|person|novel|^tv$",
    re.IGNORECASE,
)


def title(value: Any) -> str:
    """A title in one line without control characters, "" where there is none."""
    text = _text(value)
    if FORMULA.match(text):
        raise RowRefusedError("formula", value=text)
    line = line_of_text(CONTROL.sub("", text), LONGEST_TITLE + 1)
    if len(line) > LONGEST_TITLE:
        raise RowRefusedError("long-title")
    return line


def note(value: Any, longest: int = LONGEST_NOTE) -> str:
    """Paragraphs of text, without control characters."""
    plain = CONTROL.sub("", _text(value).replace("\r\n", "\n").replace("\r", "\n"))
    return plain.strip()[:longest]


def year(value: Any) -> int | None:
    """``1994``, ``1994.0``, ``(1994)`` or ``2013–2023``, of which the first counts."""
    text = _text(value).strip("()")
    if not text:
        return None
    match = re.fullmatch(r"(\d{4})(?:\.0+)?(?:\s*[-–]\s*(?:\d{4})?)?", text, re.ASCII)
    if match is None or int(match[1]) not in YEARS:
        raise RowRefusedError("bad-year", value=text)
    return int(match[1])


def year_of_day(value: Any) -> int | None:
    """The year of a release date, in whatever form; None where there is none."""
    match = re.search(r"(?<!\d)(\d{4})(?!\d)", _text(value))
    return int(match[1]) if match and int(match[1]) in YEARS else None


def stars(value: Any) -> int | None:
    """Half-stars of 0.5 to 5 stars, as a number or in signs; None for an empty cell."""
    text = _decimal(value)
    if not text:
        return None
    if re.fullmatch(r"★{0,5}½?", text):
        text = str(text.count("★") + text.count("½") / 2)
    try:
        return half_stars_of(text)
    except InvalidRatingError as error:
        raise RowRefusedError("bad-stars", value=text) from error


def points(value: Any, most: int = 10) -> int | None:
    """Half-stars of 1 to ``most`` points, or a fraction of them, to the nearest half-star."""
    text = _decimal(value)
    if not text:
        return None
    if not re.fullmatch(r"\d{1,3}(?:\.\d+)?", text, re.ASCII) or not 0 < float(text) <= most:
        raise RowRefusedError("bad-stars", value=text)
    return min(max(int(float(text) * 10 / most + 0.5), 1), 10)


def stars_given(half_stars: int | None) -> int:
    """The half-stars of a rating. Raises RowAsideError for a film that has none."""
    if half_stars is None:
        raise RowAsideError("no-stars")
    return half_stars


def moment(value: Any) -> datetime | None:
    """A day (its beginning, UTC) or a time, of the form that `dates.iso` gives; never later
    than now."""
    text = _text(value)
    if not text:
        return None
    read = datetime.fromisoformat(text)
    aware = read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    return min(aware, timezone.now())


def day(value: Any) -> date | None:
    """The day of a moment, as it stands there."""
    text = _text(value)
    return datetime.fromisoformat(text).date() if text else None


def imdb_id(value: Any) -> str | None:
    """``tt0114709``, ``0114709``, ``114709`` or an address → ``tt0114709``."""
    text = _text(value)
    if not text or not text.strip("0"):
        return None
    match = IMDB_ID.fullmatch(text)
    if match is None:
        raise RowRefusedError("bad-id", value=text)
    return f"tt{match[1].zfill(7)}"


def number(value: Any) -> int | None:
    """An id of TMDB or MovieLens, or TMDB's address of a film; None for an empty cell."""
    text = _text(value)
    if not text:
        return None
    match = NUMBER.fullmatch(text)
    if match is None or int(match[1]) > LARGEST_ID:
        raise RowRefusedError("bad-id", value=text)
    return int(match[1]) or None


def letterboxd_id(value: Any) -> str | None:
    """The part of a film's address at Letterboxd that tells it; None where it is none."""
    match = LETTERBOXD.fullmatch(_text(value))
    return match[1][:100] if match else None


def truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    return _text(value).lower() in ("yes", "true", "1", "y", "x", "ja")


def require_film(value: Any) -> None:
    """Raise RowAsideError for the type of something that is no film; nothing says nothing."""
    if OTHER_TYPES.search(re.sub(r"[\s_-]+", "", _text(value))):
        raise RowAsideError("not-a-film")


def _decimal(value: Any) -> str:
    """A number with a point, whatever stood for it."""
    text = _text(value)
    text = re.sub(r"\s*/\s*(?:5|10|100)$", "", text)
    return text.replace(",", ".") if re.fullmatch(r"\d+,\d+", text) else text


def _text(value: Any) -> str:
    """Whatever stands in a cell of a table or a field of a document, as trimmed text."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise RowRefusedError("no-object")
    return str(value).strip()

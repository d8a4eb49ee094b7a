"""Parsing cells of dataset files; None for a cell without a valid value."""

import ast
import json
import re
from contextlib import suppress
from datetime import date, datetime
from functools import lru_cache
from typing import Any

LARGEST_ID = 2**31 - 1
WHOLE_NUMBER = re.compile(r"(\d{1,20})(?:\.0*)?")
IMDB_ID = re.compile(
    r"(?:https?://(?:www\.|m\.)?imdb\.com/title/)?(?:tt)?0*([1-9]\d{0,9})(?:\.0*)?/?", re.IGNORECASE
)


def whole_number(text: str, largest: int = LARGEST_ID) -> int | None:
    """``862`` and ``862.0`` → 862; None for the rest and for what is rounded (``8.6E+02``)."""
    found = WHOLE_NUMBER.fullmatch(text.strip())
    if found is None:
        return None
    number = int(found[1])
    return number if number <= largest else None


def decimal_number(text: str, largest: float) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number <= largest else None


def imdb_id(text: str) -> str | None:
    """``tt0114709``, ``0114709``, ``114709``, ``114709.0`` → ``tt0114709``; None for all else."""
    found = IMDB_ID.fullmatch(text.strip())
    return f"tt{int(found[1]):07d}" if found else None


def calendar_date(text: str) -> date | None:
    """A day written 1997-08-20, or 8/20/97 as spreadsheets do."""
    try:
        if "/" in text:
            return datetime.strptime(text, "%m/%d/%y").date()
        return date.fromisoformat(text)
    except ValueError:
        return None


def truth(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text.strip().lower())


def line_of_text(text: str, longest: int) -> str:
    """Without control characters and doubled blanks, cut to ``longest`` characters."""
    return " ".join(text.replace("\x00", "").split())[:longest].strip()


def paragraphs(text: str) -> str:
    return text.replace("\x00", "").replace("\r\n", "\n").strip()


# In a literal without double quotes and backslashes no text can hold an apostrophe, so that these
# stand for values.
_JSON_WORDS = {"': None": "': null", "': True": "': true", "': False": "': false"}


@lru_cache(maxsize=8192)
def list_of_records(text: str) -> tuple[dict[str, object], ...] | None:
    """A Python literal of dictionaries, one or a list, as Kaggle's cells hold them.

    None for what is no such literal. Callers must not change the dictionaries: they are shared.
    """
    return fresh_records(text)


def fresh_records(text: str) -> tuple[dict[str, object], ...] | None:
    """The same for cells that are large and never come twice."""
    try:
        value = _literal(text.strip() or "[]")
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    items: list[Any] = value if isinstance(value, list) else [value]
    return tuple(items) if all(isinstance(item, dict) for item in items) else None


def _literal(text: str) -> object:
    """The value of a Python literal; most of Kaggle's are JSON but for quotes and a few words."""
    if '"' not in text and "\\" not in text:
        plain = text
        for word, in_json in _JSON_WORDS.items():
            plain = plain.replace(word, in_json)
        with suppress(ValueError):  # not so simple after all
            return json.loads(plain.replace("'", '"'))
    return ast.literal_eval(text)

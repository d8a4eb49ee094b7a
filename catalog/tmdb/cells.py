"""Values of TMDB's JSON as the site keeps them; None or empty for one that is missing or wrong."""

import re
from collections.abc import Iterator, Mapping
from datetime import date

LARGEST_ID = 2**31 - 1
LARGEST_AMOUNT = 2**63 - 1
YEARS = range(1870, 2201)
IMDB_ID = re.compile(r"tt\d{7,10}")
IMAGE_PATH = re.compile(r"/[\w.-]+\.(?:jpg|jpeg|png|webp|svg)", re.IGNORECASE)

Json = Mapping[str, object]


def records(value: object) -> Iterator[Json]:
    """The objects in a list; nothing where there is no list."""
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))


def record(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def line(value: object, longest: int) -> str:
    """One line of text without control characters and doubled blanks."""
    text = value if isinstance(value, str) else ""
    return " ".join(text.replace("\x00", "").split())[:longest].strip()


def paragraphs(value: object) -> str:
    text = value if isinstance(value, str) else ""
    return text.replace("\x00", "").replace("\r\n", "\n").strip()


def whole(value: object, largest: int = LARGEST_ID) -> int | None:
    """A whole number from 1: TMDB writes 0 for what it does not know."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 1 <= value <= largest and value == int(value) else None


def decimal(value: object, largest: float) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= largest else None


def truth(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def day(value: object) -> date | None:
    """``1999-10-15`` or ``1999-10-15T00:00:00.000Z``."""
    text = value[:10] if isinstance(value, str) else ""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.year in YEARS else None


def imdb_id(value: object) -> str | None:
    return value if isinstance(value, str) and IMDB_ID.fullmatch(value) else None


def image(value: object) -> str:
    return value if isinstance(value, str) and IMAGE_PATH.fullmatch(value) else ""


def code(value: object) -> str:
    """A code of two letters: of a language or a country."""
    return value if isinstance(value, str) and len(value) == 2 and value.isalpha() else ""


def web_address(value: object) -> str:
    text = value.strip() if isinstance(value, str) else ""
    usable = text.startswith(("http://", "https://")) and len(text) <= 500 and " " not in text
    return text if usable else ""

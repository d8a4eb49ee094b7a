"""Titles as MovieLens writes them: ``Matrix, The (1999)``."""

import re
from typing import NamedTuple

TRAILING_YEAR = re.compile(r"\s*\((\d{4})(?:[-–]\s*(?:\d{4})?)?\)\s*$")
TRAILING_PARENTHESES = re.compile(r"\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)\s*$")
ALSO_KNOWN_AS = re.compile(r"^a\.?\s?k\.?\s?a\.?:?\s+", re.IGNORECASE)

ARTICLES = (
    "The|A|An|Le|La|Les|L'|Un|Une|Des|Il|Lo|Gli|I|Uno|Una|El|Los|Las|Der|Die|Das|Ein|Eine|"
    "De|Het|Een|Den|Det|Ett|En|Et|O|Os|As|Um|Uma"
)
TRAILING_ARTICLE = re.compile(rf"^(?P<rest>.+), (?P<article>{ARTICLES})$")

# What stands in parentheses without being the title in another language.
REMARK = re.compile(
    r"^(?:part|pt\.?|vol\.?|episode|no\.|season)\b|\b(?:cut|version|edition)$|^\W*$|^[ivx]+$",
    re.IGNORECASE,
)


class Title(NamedTuple):
    title: str
    original_title: str
    year: int | None


def parse_title(text: str) -> Title:
    """``City of Lost Children, The (Cité des enfants perdus, La) (1995)`` → its three parts.

    Articles go to the front. The first title in parentheses counts as the original one; further
    ones are dropped. Remarks such as ``(Director's Cut)`` stay in the title.
    """
    rest = " ".join(text.split())
    year = None
    found = TRAILING_YEAR.search(rest)
    if found and 1870 <= int(found[1]) <= 2200 and found.start() > 0:
        year = int(found[1])
        rest = rest[: found.start()]
    others: list[str] = []
    while (match := TRAILING_PARENTHESES.search(rest)) and match.start() > 0:
        if REMARK.search(match[1]):
            break
        others.insert(0, ALSO_KNOWN_AS.sub("", match[1]).strip())
        rest = rest[: match.start()]
    title = article_first(rest.strip()) or " ".join(text.split())
    original = article_first(others[0]) if others else ""
    return Title(title, "" if original == title else original, year)


def article_first(title: str) -> str:
    """``Matrix, The`` → ``The Matrix``; ``Avventura, L'`` → ``L'Avventura``."""
    match = TRAILING_ARTICLE.match(title)
    if match is None:
        return title
    article, rest = match["article"], match["rest"]
    return f"{article}{rest}" if article.endswith("'") else f"{article} {rest}"

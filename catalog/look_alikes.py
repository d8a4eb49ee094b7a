"""Names by how they look: ``ida``, ``Ida`` and those with wide or Cyrillic letters are one."""

from __future__ import annotations

import unicodedata
from functools import cache

from confusable_homoglyphs.utils import load

# Told apart by hardly anybody in a list of members.
ALIKE_IN_ASCII = str.maketrans("01i|", "olll")


def look_of(name: str) -> str:
    """What all names that look like ``name`` have in common, in whatever case they are."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return _plain("".join(_latin_of(letter) or letter for letter in folded))


def looks_of(name: str) -> set[str]:
    """Also as the capitals look, where they look like others than the small letters do."""
    wide = unicodedata.normalize("NFKC", name)
    own = "".join(_latin_of(letter, letter) or letter for letter in wide)
    return {look_of(name), look_of(own)}


def _plain(text: str) -> str:
    return text.casefold().translate(ALIKE_IN_ASCII)


@cache
def _latin_of(letter: str, *ways: str) -> str:
    """The letter of ASCII that looks the same, small or capital; empty where there is none."""
    for way in ways or (letter, letter.upper()):
        if way.isascii():
            return way
        for one in _confusables().get(way, ()):
            if one["c"].isascii() and one["c"].isalnum():
                return one["c"]
    return ""


@cache
def _confusables() -> dict[str, list[dict[str, str]]]:
    table: dict[str, list[dict[str, str]]] = load("confusables.json")
    return table

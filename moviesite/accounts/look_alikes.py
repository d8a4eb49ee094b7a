"""Names by how they look: ``ida``, ``Ida`` and those with wide or Cyrillic letters are one."""

from __future__ import annotations

import unicodedata
from functools import cache

from confusable_homoglyphs.utils import load

# Told apart by hardly anybody in a list of members.
ALIKE_IN_ASCII = str.maketrans("01i|", "olll")


def look_of(name: str) -> str:
    """What all names that look like ``name`` have in common."""
    wide = unicodedata.normalize("NFKC", name)
    latin = "".join(_latin_of(letter) for letter in wide)
    folded = unicodedata.normalize("NFKC", latin.casefold())
    return "".join(_latin_of(letter) for letter in folded).casefold().translate(ALIKE_IN_ASCII)


@cache
def _latin_of(letter: str) -> str:
    """The letter of ASCII that looks the same, or the letter itself."""
    if letter.isascii():
        return letter
    found = (one["c"] for one in _confusables().get(letter, ()))
    return next((one for one in found if one.isascii() and one.isalnum()), letter)


@cache
def _confusables() -> dict[str, list[dict[str, str]]]:
    table: dict[str, list[dict[str, str]]] = load("confusables.json")
    return table

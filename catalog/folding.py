"""Text folding of titles (`fold` for search, `as_read` for digits in words, `meaning`) and names.

Names are told by how they look: ``ida``, ``Ida`` and those with wide or Cyrillic letters are one.
"""

import re
import unicodedata
from functools import cache

from confusable_homoglyphs.utils import load

# Letters that Unicode does not take apart, the ampersand, and signs that join what they stand in
# (Schindler's, M*A*S*H, L.A.) where all others separate (Spider-Man).
_FOLDED_SIGNS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
    | {"&": " and "}
    | dict.fromkeys("'’‘`´.*", "")
)
_SEPARATORS = re.compile(r"[\W_]+")
_LETTER_OF_DIGIT = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "v"}
_DIGIT_IN_WORD = re.compile(r"(?<=[a-z])[013457](?=[a-z])")
# 8½ is eight and a half, and not 81 halves.
_FRACTION = re.compile("(?<=\\d)(?=[¼-¾⅐-⅞])")

_INITIALS = re.compile(r"\b[a-z](?: [a-z]\b)+")
# Two numbers are not one: 2 22 is not 222.
_SPACE_IN_WORDS = re.compile(r"(?<!\d) | (?!\d)")

# Words that titles have or have not without meaning another film.
_SMALL_WORDS = frozenset({
    "the", "a", "an", "and", "or", "of", "part", "pt", "vol", "volume", "episode", "ep", "chapter",
    "no", "le", "la", "les", "der", "die", "das", "el", "il",
})  # fmt: skip
_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
          "twelve", "thirteen")  # fmt: skip
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii")
_NUMBERS = {
    word: str(number) for words in (_WORDS, _ROMAN) for number, word in enumerate(words, start=1)
}

# Told apart by hardly anybody in a list of members.
ALIKE_IN_ASCII = str.maketrans("01i|", "olll")


def fold(text: str) -> str:
    """Lower case, without accents and punctuation: what search compares, on both sides."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", _FRACTION.sub(" ", text))
        text = "".join(c for c in decomposed if not unicodedata.combining(c))
    plain = text.casefold()
    words = _SEPARATORS.sub(" ", plain.translate(_FOLDED_SIGNS)).strip()
    return words or plain.replace("\x00", "").strip()


def as_read(folded: str) -> str:
    """Digits inside words as the letters that they stand for: ``se7en`` → ``seven``."""
    return _DIGIT_IN_WORD.sub(lambda digit: _LETTER_OF_DIGIT[digit[0]], folded)


def meaning(folded: str) -> str:
    """What is left of a folded title without small words and spaces, with numbers in digits.

    ``rocky ii`` and ``rocky 2``, ``kill bill vol 1`` and ``kill bill volume 1``, ``spider man``
    and ``spiderman``, ``a c o d`` and ``acod`` mean the same.
    """
    initials = _INITIALS.sub(lambda run: run[0].replace(" ", ""), folded)
    words = [_NUMBERS.get(word, word) for word in initials.split() if word not in _SMALL_WORDS]
    return _SPACE_IN_WORDS.sub("", " ".join(words)) or folded


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

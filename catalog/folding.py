"""Text folding for title search: `fold`, and digits inside words as letters: `as_read`."""

import re
import unicodedata

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


def fold(text: str) -> str:
    """Lower case, without accents and punctuation: what search compares, on both sides."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in decomposed if not unicodedata.combining(c))
    plain = text.casefold()
    words = _SEPARATORS.sub(" ", plain.translate(_FOLDED_SIGNS)).strip()
    return words or plain.replace("\x00", "").strip()


def as_read(folded: str) -> str:
    """Digits inside words as the letters that they stand for: ``se7en`` → ``seven``."""
    return _DIGIT_IN_WORD.sub(lambda digit: _LETTER_OF_DIGIT[digit[0]], folded)

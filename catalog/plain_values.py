"""Values as text that is read without running anything: what is kept outside the program.

The text is JSON. What JSON has no form for (a tuple, a date, a key that is no text) stands as an
object with one key, ``KIND``. Whoever can write such a text can lie, but not run code, as they
could with a pickle.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any

KIND = "="


class UnreadableValueError(ValueError):
    """A text that ``encode`` did not make."""


def encode(value: object) -> str:
    """``value`` as ASCII text. Raises TypeError, with its type, for what has no plain form."""
    return json.dumps(_plain(value), separators=(",", ":"))


def decode(text: str | bytes) -> Any:
    """What ``encode`` was given; a kind of text or number comes back as plain text or number.

    Raises UnreadableValueError for any other text.
    """
    try:
        return json.loads(text, object_hook=_value)
    except (ValueError, TypeError, RecursionError) as error:
        raise UnreadableValueError(f"{text[:40]!r} is no value as text: {error}") from error


def _plain(value: object) -> object:
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        if KIND not in value and all(isinstance(key, str) for key in value):
            return {key: _plain(one) for key, one in value.items()}
        return {KIND: ["dict", [[_plain(key), _plain(one)] for key, one in value.items()]]}
    if isinstance(value, tuple):
        return {KIND: ["tuple", [_plain(one) for one in value]]}
    if isinstance(value, bytes):
        return {KIND: ["bytes", b64encode(value).decode()]}
    if isinstance(value, datetime):
        return {KIND: ["datetime", value.isoformat()]}
    if isinstance(value, date):
        return {KIND: ["date", value.isoformat()]}
    raise TypeError(f"{type(value).__qualname__} has no form as plain text: {value!r:.80}")


READERS: dict[str, Callable[[Any], object]] = {
    "dict": dict,
    "tuple": tuple,
    "bytes": partial(b64decode, validate=True),
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
}


def _value(found: dict[str, Any]) -> object:
    if KIND not in found:
        return found
    kind, content = found[KIND]
    reader = READERS.get(kind)
    if reader is None:
        raise UnreadableValueError(f"no kind {kind!r}")
    return reader(content)

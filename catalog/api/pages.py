"""A part of a long list: by its number of items, or from where the part before ended.

An offset counts from the front, shifts when something is added there, and ends at `MAX_OFFSET`. A
cursor says after which item to go on. It is sealed, since what orders a list may be nobody's
business, and by the same key always in the same way, so that an unchanged answer has its old ETag.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Annotated, Any, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.db.models import Field as Column
from django.db.models import Model, Q, QuerySet
from ninja import Field, Schema
from ninja.errors import ValidationError

from catalog.queries.films_by_key import name_films_among

from .payloads import Json
from .schemas import Limit, Offset

LONGEST_CURSOR = 500

Row = TypeVar("Row", bound=Model)
Found = TypeVar("Found")


class Part(Schema):
    """``cursor`` is the ``next`` of the part before, and stands in the place of ``offset``."""

    limit: Limit = 20
    offset: Offset = 0
    cursor: Annotated[str, Field(max_length=LONGEST_CURSOR)] | None = None


def part_of(
    rows: QuerySet[Row], part: Part, order: tuple[str, ...], say: Callable[[Row], Json]
) -> Json:
    """The wanted items as ``say`` says each, how many there are, and the cursor of the next part.

    ``order`` are names of columns or annotations, ``-`` before one that falls; together they tell
    rows apart.
    """
    _refuse_both(part)
    count = rows.count()
    ordered = rows.order_by(*order)
    kind = f"{rows.model._meta.label_lower} {order}"
    if part.cursor is not None:
        columns = [_column(rows, name) for name in order]
        kept = _opened(kind, part.cursor)
        position = [column.to_python(one) for column, one in zip(columns, kept, strict=True)]
        ordered = ordered.filter(_after(order, position))
    found = list(ordered[part.offset : part.offset + part.limit + 1])
    shown, more = found[: part.limit], found[part.limit :]
    following = None
    if more:
        last = shown[-1]
        following = _sealed(kind, [_said(_column(rows, name), last, name) for name in order])
    name_films_among(shown)
    return {"items": [say(row) for row in shown], "count": count, "next": following}


def part_of_found(found: list[Found], part: Part, say: Callable[[Found], Json]) -> Json:
    """The same of a short list that has an order of its own: its cursor is a number of items."""
    _refuse_both(part)
    kind = "found"
    [start] = [part.offset] if part.cursor is None else _opened(kind, part.cursor)
    end = start + part.limit
    name_films_among(found[start:end])
    return {
        "items": [say(row) for row in found[start:end]],
        "count": len(found),
        "next": _sealed(kind, [end]) if end < len(found) else None,
    }


def _after(order: tuple[str, ...], position: list[Any]) -> Q:
    """One column is past the position, and those before it are at it."""
    after, same = Q(), Q()
    for name, value in zip(order, position, strict=True):
        column = name.removeprefix("-")
        past = "lt" if name.startswith("-") else "gt"
        after |= same & Q(**{f"{column}__{past}": value})
        same &= Q(**{column: value})
    first = order[0].removeprefix("-")
    bound = "lte" if order[0].startswith("-") else "gte"
    return Q(**{f"{first}__{bound}": position[0]}) & after  # what an index can be asked for


def _column(rows: QuerySet[Row], name: str) -> Column[Any, Any]:
    name = name.removeprefix("-")
    if (worked_out := rows.query.annotations.get(name)) is not None:
        return worked_out.output_field
    options = rows.model._meta
    column: Column[Any, Any] = (
        options.pk if name == "pk" else options.get_field(name)  # type: ignore[assignment]
    )
    return column


def _said(column: Column[Any, Any], row: Model, name: str) -> str:
    """One that is worked out has no name of its own, by which it would find its value."""
    if hasattr(column, "attname"):
        return column.value_to_string(row)
    return str(getattr(row, name.removeprefix("-")))


def _refuse_both(part: Part) -> None:
    if part.cursor is not None and part.offset:
        raise _wrong("Give a cursor or an offset, not both")


def _sealed(kind: str, position: list[Any]) -> str:
    text = json.dumps(position, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(next(_keys()).encrypt(text, [kind.encode()])).decode()


def _opened(kind: str, cursor: str) -> list[Any]:
    try:
        sealed = base64.b64decode(cursor.encode(), altchars=b"-_", validate=True)
    except ValueError:
        sealed = b""
    for key in _keys():
        try:
            position: list[Any] = json.loads(key.decrypt(sealed, [kind.encode()]))
        except (InvalidTag, ValueError):
            continue
        return position
    raise _wrong("No cursor of this list: take the next of the part before")


def _keys() -> Iterator[AESSIV]:
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield AESSIV(hashlib.sha512(f"catalog.api.cursor {secret}".encode()).digest())


def _wrong(why: str) -> ValidationError:
    return ValidationError([{"type": "cursor", "loc": ["query", "cursor"], "msg": why}])

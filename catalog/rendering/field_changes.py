"""Fields of a film before and after a change, in words: for its history, and for a proposal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import localize
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from catalog.models import Link, Movie


@dataclass(frozen=True)
class FieldChange:
    """``before`` and ``after`` are "" where nothing stands; ``locked``: an editor keeps it."""

    name: str
    label: str
    before: str
    after: str
    locked: bool = False

    @property
    def differs(self) -> bool:
        return self.before != self.after


def field_changes(
    fields: Mapping[str, Any],
    names: Mapping[str, Mapping[str, str]] | None = None,
    locked: Iterable[str] = (),
) -> list[FieldChange]:
    """A row for each field of ``fields``, which holds pairs of before and after.

    ``names`` has, by field, the words for keys; a value that is text already needs none.
    """
    kept = frozenset(locked)
    return [
        FieldChange(
            name,
            label_of(name),
            _text(before, (names or {}).get(name)),
            _text(after, (names or {}).get(name)),
            name in kept,
        )
        for name, (before, after) in fields.items()
    ]


def label_of(name: str) -> str:
    """What people call a field."""
    if name == "links":
        return _("Ids elsewhere")
    return str(capfirst(Movie._meta.get_field(name).verbose_name))  # type: ignore[union-attr]


def _text(value: Any, names: Mapping[str, str] | None) -> str:
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        ids = {name: one for name, one in value.items() if one}
        return ", ".join(f"{_id_label(name)}: {one}" for name, one in ids.items())
    if isinstance(value, list | tuple):
        return ", ".join((names or {}).get(str(one), str(one)) for one in value)
    if names:
        return names.get(str(value), str(value))
    return value if isinstance(value, str) else str(localize(value))


def _id_label(name: str) -> str:
    return str(Link._meta.get_field(name).verbose_name)  # type: ignore[union-attr]

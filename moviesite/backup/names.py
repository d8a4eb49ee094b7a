"""Names of back-ups, which say when each was made."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"matinee-(\d{8}T\d{6}Z)\.backup")


def name_at(moment: datetime) -> str:
    return f"matinee-{moment.astimezone(UTC).strftime(_STAMP)}.backup"


def made_at(name: str) -> datetime | None:
    """When the back-up of this name was made; None for a name of something else."""
    found = _NAME.fullmatch(name)
    return datetime.strptime(found.group(1), _STAMP).replace(tzinfo=UTC) if found else None


def in_order(names: Iterable[str]) -> list[str]:
    """The back-ups among these names, the newest last."""
    return sorted(name for name in names if made_at(name))

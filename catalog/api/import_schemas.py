"""What the API gives of a member's imports."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Schema

from .schemas import Page


class ImportOut(Schema):
    """``state``: reading, refused, preview (waits for you), applying, applied, undoing, undone.

    ``questions`` is how many have to be answered on the site before it can be applied; ``result``
    counts what was written.
    """

    id: int
    file_name: str
    source: str | None
    state: str
    questions: int
    created_at: datetime
    changed_at: datetime
    result: dict[str, Any]


class ImportList(Page):
    items: list[ImportOut]

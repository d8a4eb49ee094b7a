"""Keeping secrets out of the logs: the addresses of media servers have their token in the path."""

import re
from collections.abc import MutableMapping
from typing import Any

HOOK = re.compile(r"(/hooks/)[A-Za-z0-9_-]+")


def without_hook_tokens(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """A processor of structlog that shortens ``/hooks/TOKEN`` in every text."""
    for name, value in event.items():
        if isinstance(value, str) and "/hooks/" in value:
            event[name] = HOOK.sub(r"\1…", value)
    return event

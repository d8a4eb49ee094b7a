"""Keeping secrets out of the logs: some addresses have a token in their path."""

import re
from collections.abc import MutableMapping
from typing import Any

IN_A_PATH = re.compile(r"(/hooks/|/invited/)[A-Za-z0-9_-]+")


def without_hook_tokens(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """A processor of structlog that shortens ``/hooks/TOKEN`` and the like in every text."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = IN_A_PATH.sub(r"\1…", value)
    return event

"""The interface through which a backup brings back settings that the catalog knows nothing of.

Whoever keeps settings of members registers with ``restore_with`` when the site starts.
"""

from collections.abc import Mapping
from typing import Any, Protocol


class Settings(Protocol):
    """Settings as an export has them: names and values as JSON or a table can hold them."""

    def restore(self, user_id: int, exported: Mapping[str, Any]) -> dict[str, Any] | None:
        """Set what the member has not set here. Returns what undoes it; None: all stays."""
        ...

    def take_back(self, user_id: int, before: Mapping[str, Any]) -> None:
        """Undo ``restore``, unless the member has changed something since."""
        ...


_settings: list[Settings] = []


def restore_with(settings: Settings) -> None:
    _settings[:] = [settings]


def restore(user_id: int, exported: Mapping[str, Any]) -> dict[str, Any] | None:
    """See `Settings.restore`."""
    return _settings[0].restore(user_id, exported) if _settings else None


def take_back(user_id: int, before: Mapping[str, Any]) -> None:
    """See `Settings.take_back`."""
    if _settings:
        _settings[0].take_back(user_id, before)

"""What was asked of the site, what it acknowledged, and what that must come to."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class Key:
    """One fact that a single writer changes, such as a member's rating of a film."""

    attempts: list[object] = field(default_factory=list)
    acknowledged: int = -1  # the place of the last attempt that was

    def allows(self, found: object) -> bool:
        """The last acknowledged value, or one tried since, whose answer never came."""
        if self.acknowledged < 0:
            return found is None or found in self.attempts
        return found in self.attempts[self.acknowledged :]


class Ledger:
    """Kept by all writers at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.values: dict[str, Key] = defaultdict(Key)
        self.added: dict[str, bool] = {}  # by its mark: whether it was acknowledged
        self.asked = 0
        self.acknowledged = 0

    def try_value(self, key: str, value: object) -> int:
        with self._lock:
            self.asked += 1
            self.values[key].attempts.append(value)
            return len(self.values[key].attempts) - 1

    def acknowledge_value(self, key: str, attempt: int) -> None:
        with self._lock:
            self.acknowledged += 1
            self.values[key].acknowledged = attempt

    def try_adding(self, mark: str) -> None:
        with self._lock:
            self.asked += 1
            self.added[mark] = False

    def acknowledge_adding(self, mark: str) -> None:
        with self._lock:
            self.acknowledged += 1
            self.added[mark] = True

    def wrong_values(self, found: Mapping[str, object]) -> list[str]:
        """Facts that were lost, or of which an older state came back."""
        return [
            f"{key}: {found.get(key)!r}, acknowledged {one.attempts[one.acknowledged]!r}"
            for key, one in self.values.items()
            if not one.allows(found.get(key))
        ]

    def wrong_additions(self, counts: Mapping[str, int]) -> list[str]:
        """What was added and is not there, or is there twice."""
        return [
            f"{mark}: {counts.get(mark, 0)} times, {'' if told else 'not '}acknowledged"
            for mark, told in self.added.items()
            if counts.get(mark, 0) > 1 or (told and counts.get(mark, 0) != 1)
        ]

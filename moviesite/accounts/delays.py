"""Growing delays between tries of a password: nobody is locked out, and guessing gets slow.

Some tries are free; each one more doubles the time before the next. A try takes its turn before
its password is looked at, so that many at once are no way around. The right password gives its
turn back.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from django.core.cache import cache


@dataclass(frozen=True)
class Pace:
    """``free`` tries, then waits of 1, 2, 4 … up to ``longest`` seconds.

    It begins anew after an hour without a try.
    """

    name: str
    free: int
    longest: int

    def wait_after(self, tries: int) -> int:
        """Seconds between that many tries and the next one."""
        beyond = tries - self.free
        return 0 if beyond < 1 else min(self.longest, 2 ** min(beyond - 1, 30))


FORGOTTEN = 3600
# An account from one address; from all of them; all accounts from one address; a known device.
ACCOUNT_FROM_ADDRESS = Pace("here", free=10, longest=900)
ACCOUNT = Pace("account", free=20, longest=60)
ADDRESS = Pace("address", free=30, longest=60)
DEVICE = Pace("device", free=10, longest=900)


class Turn:
    """One try, counted under each of ``paces`` with whom it counts."""

    def __init__(self, paces: dict[Pace, str]) -> None:
        self._keys = {pace: f"delays.{pace.name}.{whom}" for pace, whom in paces.items()}
        self._counted: list[str] = []
        self._waits: list[str] = []

    def take(self) -> int:
        """0 where the try may be made now; else seconds until it may, and nothing is counted."""
        for pace, key in self._keys.items():
            if wait := self._step(pace, key):
                self.give_back()
                return wait
        return 0

    def give_back(self) -> None:
        """As though it had not been."""
        for key in self._counted:
            _change(key, -1)
        cache.delete_many(self._waits)
        self._counted, self._waits = [], []

    def forget(self) -> None:
        """Nor any try before: for one who proved to be the member."""
        for key in self._keys.values():
            cache.delete_many([key, f"{key}.wait"])

    def _step(self, pace: Pace, key: str) -> int:
        if (until := cache.get(f"{key}.wait")) is not None:
            return _seconds_to(until)
        cache.add(key, 0, FORGOTTEN)
        wait = pace.wait_after(_change(key, 1))
        if wait and not cache.add(f"{key}.wait", time.time() + wait, wait):
            _change(key, -1)  # another one was faster
            return _seconds_to(cache.get(f"{key}.wait") or 0)
        if wait:
            self._waits.append(f"{key}.wait")
        cache.touch(key, FORGOTTEN)
        self._counted.append(key)
        return 0


def _seconds_to(moment: float) -> int:
    return max(1, math.ceil(moment - time.time()))


def _change(key: str, by: int) -> int:
    try:
        return cache.incr(key, by)
    except ValueError:  # it was forgotten in this moment
        return max(by, 0)

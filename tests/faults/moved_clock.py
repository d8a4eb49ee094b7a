"""A clock that can be moved: libfaketime in front of a run's processes, its offset in a file.

Only the time of day moves. What measures how long something takes, the kernel and PostgreSQL keep
the right time, as where one machine of several is wrong.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import libfaketime

CACHED_SECONDS = 1  # after which every process has read the file again


class MovedClock:
    """Lives in ``folder``, which other accounts may enter."""

    def __init__(self, folder: Path) -> None:
        self._offset = folder / "clock-offset"
        self._library = folder / "libfaketime.so.1"
        shutil.copy(
            Path(libfaketime.__file__).parent / "vendor/libfaketime/src/libfaketime.so.1",
            self._library,
        )
        self.move(0)

    @staticmethod
    def is_possible() -> bool:
        return sys.platform == "linux"

    def move(self, seconds: int) -> None:
        """So many seconds from the right time; 0 is the right time."""
        self._offset.write_text(f"{seconds:+d}\n", encoding="ascii")

    @property
    def settings(self) -> dict[str, str]:
        """The environment of the processes whose clock it is."""
        return {
            "LD_PRELOAD": str(self._library),
            "FAKETIME_TIMESTAMP_FILE": str(self._offset),
            "FAKETIME_CACHE_DURATION": str(CACHED_SECONDS),
            "DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_RESET": "1",
        }

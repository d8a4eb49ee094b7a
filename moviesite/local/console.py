"""Output of a local run to the terminal."""

import contextlib
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

SHORT = 0.05  # seconds that are not worth telling


def say(text: str) -> None:
    _print(text, sys.stdout)


def complain(text: str) -> None:
    _print(text, sys.stderr)


def _print(text: str, to: TextIO) -> None:
    """Where the terminal is a file on a full disk, what is told is lost, and the run goes on."""
    with contextlib.suppress(OSError):
        print(text, file=to, flush=True)


@contextmanager
def phase(text: str) -> Iterator[None]:
    """Tell what begins, and when it is done how long it took."""
    say(text)
    began = time.monotonic()
    yield
    took = time.monotonic() - began
    if took >= SHORT:
        say(f"  done in {took:.1f} s")

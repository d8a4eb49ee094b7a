"""Output of a local run to the terminal."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

SHORT = 0.05  # seconds that are not worth telling


def say(text: str) -> None:
    print(text, flush=True)


def complain(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextmanager
def phase(text: str) -> Iterator[None]:
    """Tell what begins, and when it is done how long it took."""
    say(text)
    began = time.monotonic()
    yield
    took = time.monotonic() - began
    if took >= SHORT:
        say(f"  done in {took:.1f} s")

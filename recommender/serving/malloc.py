"""Settings of malloc that keep a web process small: arrays come and go on every request.

The GNU C library gives each thread a heap of its own, and each keeps what the largest request of
that thread once took; freed memory in the middle of a heap is kept, too. Elsewhere (musl, macOS)
there is nothing to set, and nothing is.
"""

from __future__ import annotations

import ctypes

_M_ARENA_MAX = -8


def share_one_heap() -> None:
    """Let all threads allocate from one heap. To be called before they start."""
    if (mallopt := _function("mallopt")) is not None:
        mallopt(_M_ARENA_MAX, 1)


def give_back_what_is_free() -> None:
    """Return the pages of freed memory to the system, after something large was read."""
    if (malloc_trim := _function("malloc_trim")) is not None:
        malloc_trim(0)


def _function(name: str) -> ctypes._NamedFuncPointer | None:
    return getattr(ctypes.CDLL(None), name, None)

"""How long each stage of recommending takes, for whoever watches."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

# Each gets the name of a stage and the seconds that it took, in the thread that took them.
observers: list[Callable[[str, float], None]] = []


def timed(stage: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Tell the observers, if there are any, what each call takes."""

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            if not observers:
                return function(*args, **kwargs)
            began = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                took = time.perf_counter() - began
                for observe in observers:
                    observe(stage, took)

        return call

    return decorate

"""What an estimator says of itself: its class and the settings that are not the defaults."""

from __future__ import annotations

import inspect
from typing import Any, Self

import numpy as np


class Described:
    """Remembers the arguments of its constructor and shows them: ``Model(n_iter=5)``."""

    _arguments: dict[str, Any]

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        made = super().__new__(cls)
        signature = inspect.signature(cls.__init__)
        arguments = dict(signature.bind_partial(made, *args, **kwargs).arguments)
        made._arguments = {
            name: value
            for name, value in list(arguments.items())[1:]  # without self
            if not _is_default(value, signature.parameters[name].default)
        }
        return made

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={_short(value)}" for name, value in self._arguments.items())
        return f"{type(self).__name__}({settings})"


def _is_default(value: Any, default: Any) -> bool:
    return value is default or (type(value) is type(default) and bool(value == default))


def _short(value: Any) -> str:
    if isinstance(value, np.random.RandomState):
        return "RandomState"
    return getattr(value, "__name__", None) or repr(value)

"""What was found about one subject."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Literal

State = Literal["ok", "hint", "wrong"]
WORST_FIRST: tuple[State, ...] = ("wrong", "hint", "ok")


@dataclass(frozen=True)
class Finding:
    """``wrong`` has to be mended; a ``hint`` may be meant. ``advice`` says what to do."""

    subject: str
    state: State
    text: str
    advice: str = ""

    def as_dict(self) -> dict[str, str]:
        return {name: str(value) for name, value in asdict(self).items()}


Findings = Iterator[Finding]


def ok(subject: str, text: str) -> Finding:
    return Finding(subject, "ok", text)


def hint(subject: str, text: str, advice: str) -> Finding:
    return Finding(subject, "hint", text, advice)


def wrong(subject: str, text: str, advice: str) -> Finding:
    return Finding(subject, "wrong", text, advice)


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda one: WORST_FIRST.index(one.state))

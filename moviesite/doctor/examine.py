"""The examination: every subject, one after the other."""

from __future__ import annotations

from collections.abc import Callable

from . import address, machine, services
from .diagnosis import WORST_FIRST, Finding, Findings
from .mail import mail

SUBJECTS: tuple[Callable[[], Findings], ...] = (
    address.host,
    address.scheme,
    address.proxy,
    address.origins,
    services.database,
    services.broker,
    services.workers,
    services.beat,
    mail,
    machine.disk,
    machine.memory,
    machine.static_files,
    machine.python,
)


def examine(*further: Callable[[], Findings]) -> list[Finding]:
    """What is found, the worst first; some of it asks others and takes seconds."""
    found = [finding for subject in (*SUBJECTS, *further) for finding in subject()]
    return sorted(found, key=lambda one: WORST_FIRST.index(one.state))

"""The examination: every subject, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from . import address, backups, machine, mail, services
from .diagnosis import Finding, Findings, worst_first

Subject = Callable[[], Findings]
SET_UP: tuple[Subject, ...] = (
    address.host,
    address.scheme,
    address.proxy,
    address.origins,
    services.database,
    services.broker,
    mail.sending,
    machine.disk,
    machine.memory,
    machine.static_files,
    machine.python,
)
# What the checks of health look at all the time; these ask the others, and take seconds.
AT_WORK: tuple[Subject, ...] = (
    services.migrations,
    services.workers,
    services.beat,
    backups.schedule,
    backups.newest,
    mail.server,
)


def examine(*further: Subject) -> list[Finding]:
    """Everything, the worst first."""
    return find((*SET_UP, *AT_WORK, *further))


def find(subjects: Iterable[Subject]) -> list[Finding]:
    """What is found about these subjects, the worst first."""
    return worst_first(finding for subject in subjects for finding in subject())

"""How old the newest back-up is, and whether the last one of the schedule failed.

A folder is looked at; of a storage the worker notes every few minutes what is there, since nobody
who asks for the site's health should wait for it.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from moviesite.backup.errors import BackupError
from moviesite.backup.places import Folder, age_of_newest, newest, usual_place
from moviesite.health import heartbeats
from moviesite.health.models import Heartbeat


def note_newest() -> None:
    """Write down when the newest back-up in a storage was made, or that it does not answer."""
    try:
        place = usual_place()
        if isinstance(place, Folder):
            return
        made = newest(place)
    except BackupError as error:
        heartbeats.tell(heartbeats.STORED_BACKUP, str(error))
        return
    if made is None:
        Heartbeat.objects.filter(pk=heartbeats.STORED_BACKUP).delete()
    else:
        Heartbeat.objects.update_or_create(
            name=heartbeats.STORED_BACKUP, defaults={"at": made, "problem": ""}
        )


def known_age() -> timedelta | None:
    """Of the newest back-up; None where there is none.

    Raises
    ------
    BackupError
        Where the place cannot be looked at.
    """
    place = usual_place()
    if isinstance(place, Folder):
        return age_of_newest(place)
    noted = Heartbeat.objects.filter(pk=heartbeats.STORED_BACKUP).first()
    if noted is None:
        return None
    if noted.problem:
        raise BackupError(noted.problem)
    return timezone.now() - noted.at


def last_failure() -> str:
    """Why the last scheduled back-up failed; empty where it did not."""
    found = Heartbeat.objects.filter(pk=heartbeats.SCHEDULED_BACKUP).first()
    return found.problem if found else ""

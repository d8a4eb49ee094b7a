"""The back-up that the schedule asks for, as the settings say."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from django.conf import settings
from django.db import DatabaseError

from moviesite.backup.errors import BackupError
from moviesite.backup.places import remove_old, usual_place
from moviesite.health import backups, heartbeats

log = structlog.get_logger(__name__)


def back_up_as_set() -> None:
    """Back up, and remove what is old; health is told of what went wrong.

    Raises
    ------
    BackupError
        When there is none: without a passphrase, or when it failed.
    """
    try:
        passphrase = settings.MATINEE_BACKUP_PASSPHRASE
        if not passphrase:
            raise BackupError("There is no passphrase: set MATINEE_BACKUP_PASSPHRASE.")
        place = usual_place()
        made = place.create(passphrase)
        removed = remove_old(place, settings.MATINEE_BACKUP_KEEP_DAYS, datetime.now(UTC))
    except (BackupError, DatabaseError) as error:
        heartbeats.tell(heartbeats.SCHEDULED_BACKUP, str(error))
        raise
    heartbeats.tell(heartbeats.SCHEDULED_BACKUP)
    backups.note_newest()
    log.info("backed_up", where=made.where, bytes=made.size, removed=len(removed))

"""Back-ups: whether they are made, how old the newest is, and why the last one failed."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from moviesite.backup.errors import BackupError
from moviesite.backup.places import age_of_newest, usual_place
from moviesite.health.backups import last_failure

from .diagnosis import Findings, hint, ok, wrong

HOUR = timedelta(hours=1)


def schedule() -> Findings:
    """Whether the schedule of the settings can do what it is asked for, and lately did."""
    if not settings.MATINEE_BACKUP_AT:
        return
    subject = _("Back-ups by the schedule")
    try:
        failure = last_failure()
    except DatabaseError:
        return  # which has been told
    if not settings.MATINEE_BACKUP_PASSPHRASE:
        yield wrong(
            subject,
            _("None can be made: there is no passphrase."),
            _("Set MATINEE_BACKUP_PASSPHRASE."),
        )
    elif failure:
        yield wrong(subject, _("The last one failed: ") + failure, "manage.py backup")
    else:
        yield ok(subject, _("Every day at %(time)s UTC.") % {"time": settings.MATINEE_BACKUP_AT})


def newest() -> Findings:
    """What is in the usual place, which is asked itself."""
    subject = _("Newest back-up")
    try:
        place = usual_place()
        age = age_of_newest(place)
    except BackupError as error:
        yield wrong(subject, str(error), _("Look at MATINEE_BACKUP_TO and BACKUPS_OPTIONS."))
        return
    told = {"place": place}
    if age is None:
        text = _("There is none in %(place)s.") % told
        if settings.LOCAL or settings.MATINEE_BACKUP_WARN_DAYS <= 0:
            yield ok(subject, text)
        else:
            yield hint(subject, text, _("Run manage.py backup, and set MATINEE_BACKUP_AT."))
        return
    hours = age // HOUR
    text = ngettext(
        "It is %(hours)s hour old, in %(place)s.", "It is %(hours)s hours old, in %(place)s.", hours
    ) % {**told, "hours": hours}
    if 0 < settings.MATINEE_BACKUP_WARN_DAYS < age / timedelta(days=1):
        yield hint(subject, text, _("See whether what makes them still runs."))
    else:
        yield ok(subject, text)

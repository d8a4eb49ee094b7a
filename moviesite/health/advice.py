"""What each check is about, and what to do where its word is not ``ok``, for administrators."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from moviesite.doctor.diagnosis import Finding, ok, worst_first
from moviesite.health import checks
from moviesite.health.report import UNKNOWN, Report

Text = str | Promise

TITLES: dict[str, Text] = {
    "database": _("Database"),
    "migrations": _("Tables"),
    "disk": _("Disk"),
    "cache": _("Cache"),
    "artifacts": _("Store of models"),
    "worker": _("Worker"),
    "training": _("Training worker"),
    "beat": _("Schedule"),
    "backup": _("Back-up"),
    "mail": _("Mail"),
}
WELL: dict[str, Text] = {
    "database": _("Answers, and can be written to."),
    "migrations": _("Are those of this version of the site."),
    "disk": _("Has room."),
    "cache": _("Answers."),
    "artifacts": _("Can be written to."),
    "worker": _("Is at work."),
    "training": _("Is at work."),
    "beat": _("Sends what is due."),
    "backup": _("Is recent, or not asked for."),
    "mail": _("The mail server answers, or mails are printed."),
}
_WORKERS = _(
    "Imports, mails and refreshes wait. Start it: celery -A moviesite worker -Q default. Its log"
    " says why it ended."
)
_TRAINING = _(
    "No model is trained, and members are served by the last one. Start it: celery -A moviesite"
    " worker -Q training."
)
_BEAT = _(
    "Nothing happens by itself: no training, no refresh, no clean-up. Start it, on one machine"
    " alone: celery -A moviesite beat."
)
_ROOM = _(
    "Make room on the disk that holds MATINEE_VAR: old back-ups, logs and kept pictures are there."
    " What waits goes on by itself then."
)
# By check and word.
TO_DO: dict[tuple[str, str], Text] = {
    ("database", "not writable"): _(
        "It answers, and refuses to write: its disk is full, or it is a standby. Pages that only"
        " read work. Look into its log."
    ),
    ("database", "unreachable"): _("Start it, or correct DATABASE_URL."),
    ("migrations", "pending"): _("Run manage.py migrate."),
    ("disk", "full"): _ROOM,
    ("disk", "low"): _("Less than 1 GB is free. Make room before it is full."),
    ("disk", "no room for files"): _("It has room, but for no more files. Remove some."),
    ("disk", "read-only"): _(
        "It can only be read: systems do so when a disk fails. Look into the system's log before"
        " you mount it again."
    ),
    ("disk", "unreadable"): _("MATINEE_VAR names no folder that can be read."),
    ("cache", "unreachable"): _(
        "Pages go on without it, a little slower, and nothing is sent to the workers. Start Redis"
        " or Valkey, or correct CACHE_URL."
    ),
    ("artifacts", "not writable"): _(
        "No new model can be kept. Look at ARTIFACTS_OPTIONS, the rights of its folder, and the"
        " room there."
    ),
    ("worker", "never seen"): _WORKERS,
    ("worker", "silent"): _WORKERS,
    ("training", "never seen"): _TRAINING,
    ("training", "silent"): _TRAINING,
    ("beat", "never seen"): _BEAT,
    ("beat", "silent"): _BEAT,
    ("backup", "none"): _("There is none. Run manage.py backup, and set MATINEE_BACKUP_AT."),
    ("backup", "failed"): _(
        "The last one of the schedule failed. manage.py doctor says why, and so does the worker's"
        " log."
    ),
    ("backup", "unreachable"): _(
        "Where they are kept cannot be looked at. manage.py doctor says why. Look at"
        " MATINEE_BACKUP_TO and BACKUPS_OPTIONS."
    ),
    ("backup", "old"): _(
        "The newest is older than MATINEE_BACKUP_WARN_DAYS. See whether what makes them still runs."
    ),
    ("mail", "untried"): _("It was not tried lately, since worker or schedule are away."),
    ("mail", "unreachable"): _(
        "Nobody can confirm an address or set a new password. Correct EMAIL_URL, or start the mail"
        " server; it is tried every five minutes."
    ),
}
NOT_ASKED = _("Was not asked, since the database is away.")


def findings_of(report: Report) -> list[Finding]:
    """Each check as an administrator reads it, the worst first."""
    return worst_first(_finding(report, name, word) for name, word in report.words.items())


def _finding(report: Report, name: str, word: str) -> Finding:
    subject = str(TITLES[name])
    if word == checks.OK:
        return ok(subject, str(WELL[name]))
    advice = str(NOT_ASKED if word == UNKNOWN else TO_DO[name, word])
    return Finding(subject, "wrong" if report.is_fatal(name) else "hint", "", advice)

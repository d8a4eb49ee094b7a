"""Settings of what is kept in files: storages and back-ups. A part of ``settings.py``."""

from datetime import time
from pathlib import Path
from typing import Any

from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured

from moviesite.environment import Environment

__all__ = [
    "BACKUP_ENTRY",
    "BASE_DIR",
    "CELERY_BEAT_SCHEDULE",
    "MATINEE_BACKUP_AT",
    "MATINEE_BACKUP_FOLDER",
    "MATINEE_BACKUP_KEEP_DAYS",
    "MATINEE_BACKUP_PASSPHRASE",
    "MATINEE_BACKUP_TO",
    "MATINEE_BACKUP_WARN_DAYS",
    "MEDIA_ROOT",
    "STATICFILES_DIRS",
    "STATIC_ROOT",
    "STORAGES",
    "VAR_DIR",
]

env = Environment()

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(env.str("MATINEE_VAR", default=str(BASE_DIR / "var")))
STATIC_ROOT = Path(env.str("MATINEE_STATIC", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR_DIR / "media"
FOLDER = "django.core.files.storage.FileSystemStorage"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": FOLDER},
    "staticfiles": {"BACKEND": "moviesite.web.static_files.OneSheetStorage"},
    "artifacts": {
        "BACKEND": env.str("ARTIFACTS_BACKEND", default=FOLDER),
        "OPTIONS": env.json("ARTIFACTS_OPTIONS", default={"location": str(VAR_DIR / "artifacts")}),
    },
    "images": {
        "BACKEND": env.str("IMAGES_BACKEND", default=FOLDER),
        "OPTIONS": env.json(
            "IMAGES_OPTIONS", default={"location": str(VAR_DIR / "images"), "allow_overwrite": True}
        ),
    },
}

# --- Back-ups ---------------------------------------------------------------------------------

MATINEE_BACKUP_FOLDER = Path(env.str("MATINEE_BACKUP_FOLDER", default=str(VAR_DIR / "backups")))
MATINEE_BACKUP_TO = env.str("MATINEE_BACKUP_TO", default="")  # empty: to the folder
MATINEE_BACKUP_PASSPHRASE = env.str("MATINEE_BACKUP_PASSPHRASE", default="")
MATINEE_BACKUP_KEEP_DAYS = env.int("MATINEE_BACKUP_KEEP_DAYS", default=30)
MATINEE_BACKUP_WARN_DAYS = env.int("MATINEE_BACKUP_WARN_DAYS", default=8)  # 0: never
if BACKUPS_BACKEND := env.str("BACKUPS_BACKEND", default=""):
    STORAGES["backups"] = {
        "BACKEND": BACKUPS_BACKEND,
        "OPTIONS": env.json("BACKUPS_OPTIONS", default={}),
    }

BACKUP_ENTRY = "Back up"  # its name among the periodic tasks


def daily_backup(at: str) -> dict[str, dict[str, Any]]:
    """Beat's entry for a back-up every day at a time such as 03:30, or none."""
    if not at:
        return {}
    try:
        moment = time.fromisoformat(at)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"MATINEE_BACKUP_AT must be a time such as 03:30, and is {at!r}."
        ) from error
    return {
        BACKUP_ENTRY: {
            "task": "moviesite.backup.tasks.back_up",
            "schedule": crontab(minute=str(moment.minute), hour=str(moment.hour)),
            "options": {"expire_seconds": 12 * 3600},
            "enabled": True,
            "description": "As MATINEE_BACKUP_AT says: a change here lasts until beat restarts.",
        }
    }


MATINEE_BACKUP_AT = env.str("MATINEE_BACKUP_AT", default="")  # UTC; empty: by somebody else
CELERY_BEAT_SCHEDULE = daily_backup(MATINEE_BACKUP_AT)

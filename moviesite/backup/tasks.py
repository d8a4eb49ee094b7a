"""Celery task of back-ups: thin, and harmless when it is sent twice."""

from celery import shared_task

from moviesite.backup.scheduled import back_up_as_set


@shared_task(name="moviesite.backup.tasks.back_up")
def back_up() -> None:
    """See `moviesite.backup.scheduled`. Beat sends it at MATINEE_BACKUP_AT."""
    back_up_as_set()

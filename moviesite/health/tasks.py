"""Celery tasks of the site's health: thin and idempotent."""

from celery import shared_task

from moviesite.health import upkeep


@shared_task(name="moviesite.health.tasks.look_after_site")
def look_after_site() -> None:
    """Try the mail server, forget what ran out; see `moviesite.health.upkeep`. Beat sends it."""
    upkeep.look_after_site()

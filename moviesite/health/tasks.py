"""Celery tasks of the site's health: thin and idempotent."""

from celery import shared_task

from moviesite.health import upkeep


@shared_task(name="moviesite.health.tasks.look_after_site")
def look_after_site() -> None:
    """Beat sends it; see `moviesite.health.upkeep` for what is done."""
    upkeep.look_after_site()

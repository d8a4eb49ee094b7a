"""Beat's scheduler, which shows that it is at work."""

from typing import Any

from django.conf import settings
from django_celery_beat.models import PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler

from moviesite.health import heartbeats


class WatchedScheduler(DatabaseScheduler):
    def setup_schedule(self) -> None:
        """Entries of the settings are written into the table, which keeps them by itself."""
        super().setup_schedule()
        if not settings.MATINEE_BACKUP_AT:
            PeriodicTask.objects.filter(name=settings.BACKUP_ENTRY).delete()

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due; reaching the end of it is the sign of life."""
        pause: float = super().tick(*args, **kwargs)
        heartbeats.tell_now_and_then(heartbeats.BEAT)
        return pause

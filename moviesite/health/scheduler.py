"""Beat's scheduler, which shows that it is at work."""

from typing import Any

from django_celery_beat.schedulers import DatabaseScheduler

from moviesite.health import heartbeats


class WatchedScheduler(DatabaseScheduler):
    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due; reaching the end of it is the sign of life."""
        pause: float = super().tick(*args, **kwargs)
        heartbeats.tell_now_and_then(heartbeats.BEAT)
        return pause

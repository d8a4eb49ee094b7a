"""Health of the site."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HealthConfig(AppConfig):
    name = "moviesite.health"
    label = "health"
    verbose_name = _("health")

    def ready(self) -> None:
        from . import heartbeats  # noqa: F401 - it listens to Celery

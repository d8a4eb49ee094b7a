"""The Django project: how the parts are wired."""

from .celery import app as celery_app

__all__ = ["celery_app"]

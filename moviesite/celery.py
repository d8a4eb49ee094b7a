"""The Celery application; tasks live in each app's ``tasks.py``."""

import os
import time
from typing import Any

from celery import Celery
from celery.signals import before_task_publish, worker_process_init
from django_structlog.celery.steps import DjangoStructLogInitStep

from moviesite.traces import start_tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moviesite.settings")

app = Celery("matinee")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)


@worker_process_init.connect
def trace_tasks(**_: object) -> None:
    """In each process that does tasks, since its thread that sends would not survive the fork."""
    start_tracing("matinee-worker")


@before_task_publish.connect
def write_time_of_sending(headers: dict[str, Any], **_: object) -> None:
    """So that the age of what waits can be told."""
    headers["matinee_sent_at"] = time.time()

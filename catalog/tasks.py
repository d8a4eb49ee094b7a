"""Celery tasks of the catalog: thin, idempotent, acknowledged late."""

from celery import shared_task

from catalog.dataset_import import jobs
from catalog.dataset_import.worker import work as work_on_job
from catalog.images import store
from catalog.member_import.cleanup import clean_up
from catalog.member_import.worker import work
from catalog.services.moderation_mail import mail_takedown


@shared_task(name="catalog.tasks.work_on_import")
def work_on_import(import_id: int) -> None:
    """Do what a member's import waits for; see `catalog.member_import.worker`."""
    work(import_id)


@shared_task(name="catalog.tasks.sweep_imports")
def sweep_imports() -> None:
    """Take up what was lost, remove what is old. Beat sends it."""
    clean_up()
    jobs.clean_up()


@shared_task(name="catalog.tasks.work_on_dataset")
def work_on_dataset(job_id: int) -> None:
    """Do what a job on a dataset waits for; see `catalog.dataset_import.worker`."""
    work_on_job(job_id)


@shared_task(
    name="catalog.tasks.mail_takedown", autoretry_for=(OSError,), retry_backoff=30, max_retries=5
)
def mail_takedown_task(takedown_id: int) -> None:
    """Tell a member what a moderator did; see `catalog.services.moderation_mail`."""
    mail_takedown(takedown_id)


@shared_task(name="catalog.tasks.clean_images")
def clean_images() -> None:
    """Remove pictures that are too old or too many. Beat sends it."""
    store.clean_up()

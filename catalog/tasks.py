"""Celery tasks of members' imports and media servers: thin, idempotent, acknowledged late."""

from celery import shared_task

from catalog.hooks import gather, worker
from catalog.member_import.cleanup import clean_up
from catalog.member_import.worker import work


@shared_task(name="catalog.tasks.work_on_import")
def work_on_import(import_id: int) -> None:
    """Do what a member's import waits for; see `catalog.member_import.worker`."""
    work(import_id)


@shared_task(name="catalog.tasks.sweep_imports")
def sweep_imports() -> None:
    """Take up what was lost, remove what is old. Beat sends it."""
    clean_up()


@shared_task(name="catalog.tasks.gather_watched")
def gather_watched(user_id: int) -> None:
    """Make a sync of what media servers told of a member; see `catalog.hooks.gather`."""
    gather.gather(user_id)


@shared_task(name="catalog.tasks.work_on_sync")
def work_on_sync(sync_id: int) -> None:
    """Do what a sync waits for; see `catalog.hooks.worker`."""
    worker.work(sync_id)


@shared_task(name="catalog.tasks.sweep_syncs")
def sweep_syncs() -> None:
    """Take up what was lost, leave out what nobody looked at. Beat sends it."""
    worker.clean_up()

"""Celery tasks of the catalog: thin, idempotent, acknowledged late."""

from celery import shared_task

from catalog.member_import.cleanup import clean_up
from catalog.member_import.worker import work
from catalog.services.film_merge import forget_old_merges


@shared_task(name="catalog.tasks.work_on_import")
def work_on_import(import_id: int) -> None:
    """Do what a member's import waits for; see `catalog.member_import.worker`."""
    work(import_id)


@shared_task(name="catalog.tasks.sweep_imports")
def sweep_imports() -> None:
    """Take up what was lost, remove what is old. Beat sends it."""
    clean_up()


@shared_task(name="catalog.tasks.forget_merges")
def forget_merges() -> None:
    """Drop what only the undo of merges needs, once they cannot be undone. Beat sends it."""
    forget_old_merges()

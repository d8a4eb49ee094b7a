"""Celery tasks of members' imports: thin, idempotent, acknowledged late."""

from celery import shared_task

from catalog.member_import.cleanup import clean_up
from catalog.member_import.worker import work
from catalog.services.waiting_rows import apply_waiting


@shared_task(name="catalog.tasks.work_on_import")
def work_on_import(import_id: int) -> None:
    """Do what a member's import waits for; see `catalog.member_import.worker`."""
    work(import_id)


@shared_task(name="catalog.tasks.sweep_imports")
def sweep_imports() -> None:
    """Take up what was lost, remove what is old. Beat sends it."""
    clean_up()


@shared_task(name="catalog.tasks.apply_waiting_rows")
def apply_waiting_rows(movie_ids: list[int] | None) -> int:
    """Apply what members' imports said of films that have come; None: of any film."""
    return apply_waiting(movie_ids)

"""What is done for accounts at night."""

from celery import shared_task

from .cleanup import clean_up


@shared_task(name="moviesite.accounts.tasks.clean_up")
def clean_up_accounts() -> None:
    """Drop what is over, and seal secrets by the key of today. Beat sends it."""
    clean_up()

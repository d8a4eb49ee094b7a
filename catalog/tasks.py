"""Celery tasks of the catalog: thin, idempotent, acknowledged late."""

from celery import shared_task
from django.conf import settings

from catalog.couriers import digest, push, watched_offers
from catalog.dataset_import import jobs
from catalog.dataset_import.worker import work as work_on_job
from catalog.hooks import gather, worker
from catalog.hooks.arrivals import apply_waiting_plays
from catalog.hooks.wanted import add_waited_for
from catalog.images import store
from catalog.member_import.cleanup import clean_up
from catalog.member_import.worker import work
from catalog.services import charts
from catalog.services.film_merge import forget_old_merges
from catalog.services.film_requests import sweep_requests, work_on_request
from catalog.services.moderation_mail import mail_takedown
from catalog.services.notices import forget_old
from catalog.services.tmdb_expiry import drop_old
from catalog.services.tmdb_refresh import refresh_films
from catalog.services.waiting_rows import apply_waiting
from catalog.tmdb.client import is_on


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


@shared_task(name="catalog.tasks.add_requested_film")
def add_requested_film(request_id: int) -> None:
    """Add a film that a member asked for; see `catalog.services.film_requests`."""
    work_on_request(request_id)


@shared_task(name="catalog.tasks.sweep_film_requests")
def sweep_film_requests() -> None:
    """Take up requests for films that were lost, remove old ones. Beat sends it."""
    sweep_requests()


@shared_task(name="catalog.tasks.refresh_from_tmdb")
def refresh_from_tmdb() -> None:
    """Refresh films; drop what TMDB's terms let the site keep no longer. Beat sends it."""
    try:
        if is_on():
            refresh_films(settings.MATINEE_TMDB_NIGHTLY)
    finally:
        drop_old()


@shared_task(name="catalog.tasks.renew_charts")
def renew_charts() -> None:
    """What is in cinemas, and what comes. Beat sends it; without a key there is nothing to do."""
    if is_on():
        charts.renew_charts()


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


@shared_task(name="catalog.tasks.forget_merges")
def forget_merges() -> None:
    """Drop what only the undo of merges needs, once they cannot be undone. Beat sends it."""
    forget_old_merges()


@shared_task(name="catalog.tasks.apply_waiting_rows")
def apply_waiting_rows(movie_ids: list[int] | None) -> int:
    """Apply what imports and media servers said of films that have come; None: of any film."""
    return apply_waiting(movie_ids) + apply_waiting_plays(movie_ids)


@shared_task(name="catalog.tasks.push_notices")
def push_notices(user_id: int) -> None:
    """Send a member's notices to the member's services; see `catalog.couriers.push`."""
    push.push_notices(user_id)


@shared_task(name="catalog.tasks.mail_digests")
def mail_digests() -> None:
    """The daily mails that are due; what is old is forgotten. Beat sends it."""
    digest.mail_digests()
    forget_old()


@shared_task(name="catalog.tasks.tell_of_watchlists")
def tell_of_watchlists() -> None:
    """Films of watchlists that came to members' services. Beat sends it."""
    watched_offers.tell_of_watchlists()


@shared_task(name="catalog.tasks.look_up_waited_for")
def look_up_waited_for() -> None:
    """Add films from TMDB that imports and media servers wait for. Beat sends it."""
    if is_on():
        add_waited_for()

"""Celery tasks of training: thin, idempotent, acknowledged late."""

from billiard.process import current_process
from celery import shared_task

from recommender import kinds, runs, training
from recommender.models import RunMode, RunTrigger
from recommender.pages import foreseen
from recommender.runs.request import request_run
from recommender.training.priority import give_way


@shared_task(name="recommender.tasks.train")
def train(run_id: int) -> None:
    """Do a queued run; see `recommender.training.train`."""
    give_way()
    # Where the pool's children are processes, Celery starts another in place of one that ends.
    training.train(run_id, own_process=bool(current_process().daemon))


@shared_task(name="recommender.tasks.sweep")
def sweep() -> None:
    """Start what is due, take up what was lost. Beat sends it, and so does every rating."""
    runs.sweep()


@shared_task(name="recommender.tasks.tell_of_foreseen")
def tell_of_foreseen() -> None:
    """Films that members would like most and that came to their services. Beat sends it."""
    foreseen.tell_of_foreseen()


@shared_task(name="recommender.tasks.retrain_fully")
def retrain_fully() -> None:
    """Train all kinds from scratch; beat sends it as the administrator scheduled it."""
    for kind in kinds.names():
        request_run(kind, mode=RunMode.FULL, trigger=RunTrigger.SCHEDULE)

"""``manage.py train``: train a model, here or by a worker."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recommender import kinds
from recommender.management.follow import NoWorkerError, wait_for
from recommender.management.training_display import Display, only_warnings
from recommender.models import RunMode, RunStatus, RunTrigger, TrainingRun
from recommender.runs.request import deliver_run, request_run

START_A_WORKER = (
    "Start one with: celery -A moviesite worker -Q training -c 1   (or train in this process: "
    "manage.py train --here)"
)


class Command(BaseCommand):
    help = (
        "Train the models from the ratings in the database. Without --wait or --here the training "
        "is only queued for a worker."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--kind", choices=kinds.names(), help="which model; default: all")
        parser.add_argument(
            "--quick",
            action="store_true",
            help="continue from the live version instead of starting from scratch",
        )
        where = parser.add_mutually_exclusive_group()
        where.add_argument(
            "--wait", action="store_true", help="show the worker's progress, then the metrics"
        )
        where.add_argument(
            "--here", action="store_true", help="train in this process; needs no worker or broker"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = [options["kind"]] if options["kind"] else kinds.names()
        mode = RunMode.QUICK if options["quick"] else RunMode.FULL
        here: bool = options["here"]
        with only_warnings():
            runs = [self._request(kind, mode, deliver=not here) for kind in chosen]
        if not here and not options["wait"]:
            return
        with Display(self.stdout) as display:
            ended = [self._to_its_end(run, display, here=here) for run in runs]
        for run in ended:
            self._report(run)
        failed = [run for run in ended if run.status != RunStatus.SUCCEEDED]
        if failed:
            raise CommandError(
                "; ".join(f"{run} {run.get_status_display()}: {run.reason}" for run in failed)
            )

    def _request(self, kind: str, mode: RunMode, *, deliver: bool) -> TrainingRun:
        run, new = request_run(kind, mode=mode, trigger=RunTrigger.MANUAL, deliver=False)
        sent = deliver_run(run) if deliver and run.status == RunStatus.QUEUED else True
        state = "Queued" if new else f"Already {run.get_status_display()}:"
        self.stdout.write(f"{state} {run}")
        if not sent:
            self.stderr.write("The broker cannot be reached; the run waits in the database.")
        return run

    def _to_its_end(self, run: TrainingRun, display: Display, *, here: bool) -> TrainingRun:
        try:
            return wait_for(run, display.show, here=here)
        except NoWorkerError as error:
            raise CommandError(f"{error} {START_A_WORKER}") from error
        except KeyboardInterrupt:
            if here:
                raise
            raise CommandError(f"{run} goes on without being watched.") from None

    def _report(self, run: TrainingRun) -> None:
        self.stdout.write(f"{run}: {run.get_status_display()}. {run.reason}")
        if run.version is None:
            return
        for name, value in run.version.metrics.items():
            self.stdout.write(
                f"  {name:<16} {value:.4f}" if isinstance(value, float) else f"  {name:<16} {value}"
            )

"""The Celery worker's side of a dataset's job: look through it, or carry it out.

The work itself is one transaction, or one for each million ratings; what a worker that dies leaves
is whole as far as it goes, and the sweep sends the job again, which goes on from there.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from catalog.datasets.download import locate
from catalog.datasets.records import DatasetError
from catalog.datasets.report import Report
from catalog.models import DatasetJob
from catalog.models.dataset_job import WORKING, JobKind, JobState

from .jobs import NotAllowedError, drop_upload, path_of
from .load import ImportRunningError, import_dataset
from .pulse import JobCancelledError, Pulse, pulse
from .remove import count_removal, remove_dataset

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 3
MOST_PROBLEMS = 1000
NEXT = {JobState.LOOKING: JobState.PREVIEW, JobState.APPLYING: JobState.DONE}


def work(job_id: int) -> None:
    """Do the step that a job waits for; nothing, if there is none or somebody is at it."""
    with pulse(job_id) as beat:
        job = None if beat is None else _begin(job_id)
        if beat is None or job is None:
            return
        report = Report(
            problem_limit=MOST_PROBLEMS,
            preview=job.state == JobState.LOOKING,
            watch=beat.watch,
        )
        try:
            _step(job, beat, report)
        except JobCancelledError:
            _finish(job, JobState.CANCELLED)
        except ImportRunningError:
            _wait(job)
        except (DatasetError, NotAllowedError) as error:
            job.report = report.as_json()
            job.refusal = str(error)
            _finish(job, JobState.REFUSED)
        else:
            _finish(job, NEXT[JobState(job.state)])


def _begin(job_id: int) -> DatasetJob | None:
    """Count the attempt, in a transaction that stays whatever becomes of it."""
    with transaction.atomic():
        waiting = DatasetJob.objects.filter(pk=job_id, state__in=WORKING)
        job = waiting.select_for_update().first()
        if job is None:
            return None
        if job.cancel_asked:
            _finish(job, JobState.CANCELLED)
            return None
        if job.attempts >= MOST_ATTEMPTS:
            log.error("dataset_job_given_up", job=job.pk, state=job.state)
            job.refusal = f"It broke off {MOST_ATTEMPTS} times: see the log of the workers."
            _finish(job, JobState.REFUSED)
            return None
        job.attempts += 1
        job.save(update_fields=["attempts"])
    return job


def _step(job: DatasetJob, beat: Pulse, report: Report) -> None:
    if job.kind == JobKind.REMOVAL:
        beat.say("Counting")
        removal = (
            count_removal(job.slug) if report.preview else remove_dataset(job.slug, say=beat.say)
        )
        job.report = {"removal": removal.as_json()}
        return
    with _source(job, beat) as path:
        import_dataset(
            path,
            slug=job.slug,
            small=job.small,
            scale=job.scale,
            report=report,
            say=beat.say,
        )
    job.report = report.as_json()


@contextmanager
def _source(job: DatasetJob, beat: Pulse) -> Iterator[Path]:
    """Where a worker can read the dataset: an upload from elsewhere is fetched first."""
    if not job.upload:
        beat.say("Looking for the dataset")
        path = path_of(job.source)
        yield path or locate(job.source, settings.VAR_DIR / "datasets", watch=beat.watch)
        return
    try:
        kept_at: str | None = job.upload.path
    except NotImplementedError:
        kept_at = None
    if kept_at and Path(kept_at).exists():
        yield Path(kept_at)
    else:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / Path(str(job.upload.name)).name
            with job.upload.open("rb") as kept, path.open("wb") as copy:
                shutil.copyfileobj(kept, copy)
            yield path


def _wait(job: DatasetJob) -> None:
    """Another import is at work: the sweep asks again, as often as it takes."""
    DatasetJob.objects.filter(pk=job.pk).update(
        attempts=job.attempts - 1, phase="Waiting for another import", done=0, total=0
    )


def _finish(job: DatasetJob, state: JobState) -> None:
    step, job.state = job.state, state
    job.phase, job.done, job.total = "", 0, 0
    job.changed_at = timezone.now()
    job.save(update_fields=["state", "report", "refusal", "phase", "done", "total", "changed_at"])
    if state != JobState.PREVIEW:
        drop_upload(job)
    log.info("dataset_job_step_done", job=job.pk, step=step, state=state)

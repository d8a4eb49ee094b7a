"""Requests to import or remove a dataset: each changes a job, and a worker does the rest."""

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from catalog.broker import send
from catalog.datasets.known import CREDITS
from catalog.models import DatasetJob
from catalog.models.dataset_job import WORKING, JobKind, JobState, Scale

WORK_TASK = "catalog.tasks.work_on_dataset"
RESEND_AFTER = timedelta(seconds=50)
PREVIEW_DAYS = 7
MOST_OFFERED = 200


class NotAllowedError(ValueError):
    """The source is neither a known dataset nor in a folder that the operator allowed."""


def begin_import(
    *,
    asked_by: int | None,
    upload: UploadedFile | None = None,
    source: str = "",
    slug: str = "",
    small: bool = False,
    scale: int = Scale.FIVE,
) -> DatasetJob:
    """Keep an uploaded zip, or the name of a source, and have it looked through.

    Raises NotAllowedError for a source that may not be read.
    """
    job = DatasetJob(kind=JobKind.IMPORT, asked_by_id=asked_by, slug=slug, small=small, scale=scale)
    if upload is not None:
        job.upload, job.source = upload, (upload.name or "")[-500:]
    else:
        job.source = source.strip()
        path_of(job.source)
    return _begin(job)


def begin_removal(*, asked_by: int | None, slug: str) -> DatasetJob:
    """Have it counted what would leave with a dataset."""
    return _begin(DatasetJob(kind=JobKind.REMOVAL, asked_by_id=asked_by, slug=slug, source=slug))


def confirm(job: DatasetJob) -> bool:
    """Have a previewed job carried out. False when it is not waiting for that."""
    with transaction.atomic():
        changed = DatasetJob.objects.filter(pk=job.pk, state=JobState.PREVIEW).update(
            state=JobState.APPLYING,
            changed_at=timezone.now(),
            sent_at=None,
            attempts=0,
            cancel_asked=False,
        )
        if changed:
            transaction.on_commit(lambda: deliver(job.pk))
    return bool(changed)


def cancel(job: DatasetJob) -> bool:
    """Give a job up: at once where it waits, at the worker's next step where one is at it."""
    asked = DatasetJob.objects.filter(pk=job.pk, state__in=WORKING).update(cancel_asked=True)
    if asked:
        deliver(job.pk)  # for a job that no worker is at
        return True
    given_up = DatasetJob.objects.filter(pk=job.pk, state=JobState.PREVIEW).update(
        state=JobState.CANCELLED, changed_at=timezone.now()
    )
    if given_up:
        drop_upload(job)
    return bool(given_up)


def deliver(job_id: int) -> None:
    """Tell the workers. Repeating it does no harm, and what is lost the sweep repeats."""
    DatasetJob.objects.filter(pk=job_id).update(sent_at=timezone.now())
    send(WORK_TASK, job_id)


def clean_up() -> None:
    """Send lost jobs again, and give up previews that nobody decided upon."""
    now = timezone.now()
    lost = Q(sent_at=None) | Q(sent_at__lt=now - RESEND_AFTER)
    for key in DatasetJob.objects.filter(lost, state__in=WORKING).values_list("pk", flat=True):
        deliver(key)
    old = now - timedelta(days=PREVIEW_DAYS)
    for job in DatasetJob.objects.filter(state=JobState.PREVIEW, changed_at__lt=old):
        cancel(job)


def drop_upload(job: DatasetJob) -> None:
    if job.upload:
        job.upload.delete(save=False)
        DatasetJob.objects.filter(pk=job.pk).update(upload="")


def path_of(source: str) -> Path | None:
    """The path that a source names, None for the name of a known dataset.

    Raises NotAllowedError for a path outside the folders of MATINEE_DATASET_FOLDERS.
    """
    if source in CREDITS:
        return None
    path = Path(source).expanduser().resolve()
    if source and any(path.is_relative_to(folder) for folder in _folders()) and path.exists():
        return path
    raise NotAllowedError(
        f"{source!r} is neither the name of a known dataset nor in a folder that may be read here."
    )


def offered_sources() -> list[str]:
    """Known names, and what lies in the folders that are allowed."""
    found = [
        str(entry)
        for folder in _folders()
        if folder.is_dir()
        for entry in sorted(folder.iterdir())
        if not entry.name.startswith(".") and (entry.is_dir() or entry.suffix.lower() == ".zip")
    ]
    return [*found[:MOST_OFFERED], *sorted(CREDITS)]


def _folders() -> list[Path]:
    return [Path(folder).expanduser().resolve() for folder in settings.MATINEE_DATASET_FOLDERS]


def _begin(job: DatasetJob) -> DatasetJob:
    with transaction.atomic():
        job.save()
        transaction.on_commit(lambda: deliver(job.pk))
    return job

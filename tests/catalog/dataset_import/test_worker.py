"""Workers of datasets' jobs: those that are cancelled, die, come twice, or have to wait."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from pytest_django import Settings

from catalog.dataset_import import jobs, load, worker
from catalog.dataset_import.pulse import pulse
from catalog.dataset_import.worker import MOST_ATTEMPTS, work
from catalog.models import DatasetJob, Movie
from tests.catalog import dataset_cases as cases
from tests.catalog import dataset_files as files


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MATINEE_DATASET_FOLDERS = [str(tmp_path)]
    return tmp_path


def job_for(path: Path, **fields: str) -> DatasetJob:
    return DatasetJob.objects.create(kind="import", source=str(path), **fields)


def now(job: DatasetJob) -> DatasetJob:
    return DatasetJob.objects.get(pk=job.pk)


@pytest.mark.django_db
def test_what_cannot_be_read_is_refused_with_its_rows(folder: Path) -> None:
    ratings = cases.RATINGS.replace("1,1", "x,1").replace("2,1", "y,1")
    job = job_for(cases.write(folder / "ml", ratings=ratings))
    work(job.pk)
    assert now(job).state == "refused"
    assert now(job).refusal.startswith("Nothing was stored: 2 of 3 rows of ratings cannot be read")
    assert now(job).report["problems"][0][:2] == ["ratings.csv", 2]


@pytest.mark.django_db
def test_the_scale_is_the_jobs(folder: Path) -> None:
    ratings = cases.RATINGS.replace("4.0", "8").replace("3.5", "10")
    job = job_for(cases.write(folder / "ml", ratings=ratings))
    DatasetJob.objects.update(scale=10)
    work(job.pk)
    assert [row[2] for row in now(job).report["samples"]["ratings"]] == ["4.0", "5.0", "2.5"]


@pytest.mark.django_db
def test_a_folder_that_is_no_longer_allowed_is_not_read(folder: Path, settings: Settings) -> None:
    job = job_for(cases.write(folder / "ml"))
    settings.MATINEE_DATASET_FOLDERS = []
    work(job.pk)
    assert now(job).state == "refused"


@pytest.fixture
def large(transactional_db: None, folder: Path) -> DatasetJob:
    """A job that reads for a while, as those outside its transaction see it."""
    films = [(n, f"Film {n} (1990)", "Drama") for n in range(1, 11)]
    ratings = [(n // 10, n % 10 + 1, 4, 964982703) for n in range(30_000)]
    return job_for(files.movielens(folder / "ml", ratings=ratings, movies=films), state="applying")


def test_cancelling_ends_it_while_it_reads(
    large: DatasetJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def ask_in_the_middle(beat: worker.Pulse, phase: str, done: int, total: int) -> None:
        told.append(phase)
        if done:
            other = connection.copy()
            with other.cursor() as cursor:
                cursor.execute("UPDATE catalog_datasetjob SET cancel_asked = true")
            other.close()
        tell(beat, phase, done, total)

    tell = worker.Pulse._tell
    monkeypatch.setattr("catalog.dataset_import.pulse.SECONDS", 0)
    monkeypatch.setattr(worker.Pulse, "_tell", ask_in_the_middle)
    work(large.pk)
    assert now(large).state == "cancelled"
    assert told[-1] == "Reading ratings: ratings.csv"
    assert not Movie.objects.exists()


def test_a_second_worker_keeps_off(large: DatasetJob) -> None:
    with pulse(large.pk) as held:
        assert held is not None
        work(large.pk)
        assert now(large).attempts == 0
    work(large.pk)
    assert now(large).state == "done"


def test_a_job_waits_for_another_import(large: DatasetJob) -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [load.IMPORT_LOCK])
        work(large.pk)
        assert (now(large).state, now(large).attempts) == ("applying", 0)
        assert now(large).phase == "Waiting for another import"
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [load.IMPORT_LOCK])
    finally:
        other.close()
    work(large.pk)
    assert now(large).state == "done"


def test_a_job_that_kills_its_workers_is_given_up(
    large: DatasetJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(worker, "import_dataset", die)
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(MemoryError):
            work(large.pk)
    assert now(large).state == "applying"
    work(large.pk)
    assert (now(large).state, "broke off 3 times" in now(large).refusal) == ("refused", True)


@pytest.mark.django_db
def test_a_job_cancelled_before_a_worker_came_is_not_begun(folder: Path) -> None:
    job = job_for(cases.write(folder / "ml"))
    assert jobs.cancel(job)
    work(job.pk)
    assert (now(job).state, now(job).attempts) == ("cancelled", 0)


@pytest.mark.django_db
def test_an_upload_in_a_storage_elsewhere_is_fetched(settings: Settings) -> None:
    memory = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = {**settings.STORAGES, "default": memory}
    job = jobs.begin_import(
        asked_by=None, upload=SimpleUploadedFile("ml-mine.zip", cases.archive())
    )
    work(job.pk)
    assert (now(job).refusal, now(job).state) == ("", "preview")
    assert now(job).report["counts"]["movies"]["loaded"] == 3

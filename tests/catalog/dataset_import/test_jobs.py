"""Jobs on datasets: what may be asked for, and what becomes of those that nobody looks after."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from catalog.dataset_import import jobs
from catalog.models import DatasetJob

pytestmark = pytest.mark.django_db


def test_paths_are_looked_at_where_they_lead(settings: Settings, tmp_path: Path) -> None:
    settings.MATINEE_DATASET_FOLDERS = [str(tmp_path / "a")]
    (tmp_path / "a" / "ml").mkdir(parents=True)
    (tmp_path / "ab").mkdir()
    assert jobs.path_of(str(tmp_path / "a" / "ml")) == (tmp_path / "a" / "ml").resolve()
    assert jobs.path_of("ml-32m") is None
    for source in (tmp_path / "ab", tmp_path / "a" / ".." / "ab", tmp_path / "a" / "gone", ""):
        with pytest.raises(jobs.NotAllowedError):
            jobs.path_of(str(source))


def test_what_may_be_named_is_offered(settings: Settings, tmp_path: Path) -> None:
    settings.MATINEE_DATASET_FOLDERS = [str(tmp_path), str(tmp_path / "gone")]
    for name in ("ml-1m", ".hidden"):
        (tmp_path / name).mkdir()
    for name in ("ml.ZIP", "notes.txt"):
        (tmp_path / name).touch()
    offered = jobs.offered_sources()
    assert offered[:2] == [str(tmp_path / "ml-1m"), str(tmp_path / "ml.ZIP")]
    assert "ml-32m" in offered
    assert not any("hidden" in one or "notes" in one for one in offered)


def test_the_sweep_sends_lost_jobs_and_gives_up_old_previews(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[int] = []
    monkeypatch.setattr(jobs, "send", lambda _task, key: sent.append(key))
    lost = DatasetJob.objects.create(kind="import", source="a")
    fresh = DatasetJob.objects.create(kind="import", source="b", sent_at=timezone.now())
    old = DatasetJob.objects.create(kind="import", source="c", state="preview")
    DatasetJob.objects.filter(pk=old.pk).update(changed_at=timezone.now() - timedelta(days=8))
    jobs.clean_up()
    assert sent == [lost.pk]
    states = dict(DatasetJob.objects.values_list("pk", "state"))
    assert states == {lost.pk: "looking", fresh.pk: "looking", old.pk: "cancelled"}


def test_only_what_waits_is_confirmed_or_cancelled() -> None:
    job = DatasetJob.objects.create(kind="import", source="a", state="done")
    assert not jobs.confirm(job)
    assert not jobs.cancel(job)
    job.refresh_from_db()
    assert (job.state, job.cancel_asked) == ("done", False)

"""What a process holds: swapped when another version goes live, mapped, and without torch."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.storage import FileSystemStorage, Storage
from django.db import connection

from catalog.models import Genre, Movie
from recommender.data.histories import history_from
from recommender.models import ModelVersion
from recommender.serving import live_versions
from recommender.serving.live import live_state
from recommender.serving.live_catalog import CHECK_SECONDS, live_catalog
from recommender.serving.recommender import Recommender
from recommender.versions.publish import rollback
from tests.recommender.test_serving import damage
from tests.recommender.world import World, build_world, publish

ROOT = Path(__file__).parents[3]


class RemoteStorage(Storage):
    """A store whose files have no path on this machine."""

    def __init__(self, location: str) -> None:
        self._files = FileSystemStorage(location)

    def _open(self, name: str, mode: str = "rb") -> Any:
        return self._files.open(name, mode)

    def _save(self, name: str, content: Any) -> str:
        return self._files.save(name, content)

    def exists(self, name: str) -> bool:
        return self._files.exists(name)


def label() -> str:
    placed = live_state().factorization
    return placed.version.label if placed else "none"


def test_a_new_version_is_noticed_and_an_old_one_comes_back(world: World) -> None:
    assert label() == "none"
    (first,) = world.publish("factorization")
    assert label() == f"factorization/{first.pk}"
    (second,) = world.publish("factorization")
    assert label() == f"factorization/{second.pk}"
    rollback("factorization")
    assert label() == f"factorization/{first.pk}"


def test_whether_a_version_is_new_is_asked_once_a_second(
    world: World, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    world.publish()
    live_state()
    monkeypatch.setattr(live_versions, "CHECK_SECONDS", 1.0)
    with django_assert_num_queries(0):
        assert live_state() is live_state()
    monkeypatch.setattr(live_versions.live_versions, "_checked_at", float("-inf"))
    with django_assert_num_queries(1):
        live_state()


def test_arrays_are_mapped_not_copied(world: World) -> None:
    world.publish()
    placed = live_state().factorization
    assert placed is not None
    assert not placed.version.movie_ids.flags.writeable
    base: Any = placed.version.scorer._rows
    while base is not None and not isinstance(base, np.memmap):
        base = base.base
    assert isinstance(base, np.memmap)


def test_a_version_that_could_not_be_read_is_tried_again_later(
    world: World, artifacts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (version,) = world.publish("factorization")
    file = artifacts / version.artifact / "model.safetensors"
    whole = file.read_bytes()
    damage(artifacts, version)
    assert label() == "none"
    file.unlink()
    file.write_bytes(whole)
    assert label() == "none"
    monkeypatch.setattr(live_versions, "RETRY_SECONDS", 0.0)
    assert label() == f"factorization/{version.pk}"


def test_an_artifact_of_another_form_is_not_served(world: World) -> None:
    movie_ids = [movie.pk for movie in world.movies]
    publish("factorization", movie_ids, item_movie_ids=np.array([0, 1], np.int64))
    assert label() == "none"


def test_artifacts_of_an_object_store_are_copied_once(
    world: World, settings: Any, tmp_path: Path
) -> None:
    settings.VAR_DIR = tmp_path / "var"
    settings.STORAGES = {
        **settings.STORAGES,
        "artifacts": {
            "BACKEND": f"{__name__}.RemoteStorage",
            "OPTIONS": {"location": str(tmp_path / "store")},
        },
    }
    (version,) = world.publish("factorization")
    assert label() == f"factorization/{version.pk}"
    copy = settings.VAR_DIR / "artifact-cache" / version.artifact
    assert sorted(path.name for path in copy.iterdir()) == ["manifest.json", "model.safetensors"]


def test_the_catalog_is_read_again_when_it_changed(
    world: World, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr("recommender.serving.live_catalog.CHECK_SECONDS", 0.0)
    assert CHECK_SECONDS <= 2
    before = live_catalog.current()
    assert live_catalog.current() is before
    with django_capture_on_commit_callbacks(execute=True):
        new = Movie.objects.create(title="New", adult=True)
    after = live_catalog.current()
    assert len(after) == len(before) + 1
    assert after.adult[after.rows_of(np.array([new.pk]))[0]]


def test_the_catalog_in_arrays_is_the_catalog(world: World) -> None:
    Genre.objects.bulk_create(Genre(name=f"G{n}", slug=f"g{n}") for n in range(100))
    last = Genre.objects.order_by("pk").last()
    assert last is not None
    movie = world.movies[5]
    movie.genres.add(last)
    catalog = live_catalog.current()
    row = int(catalog.rows_of(np.array([movie.pk]))[0])
    assert (catalog.year[row], catalog.runtime[row]) == (movie.year, movie.runtime)
    assert list(np.flatnonzero(catalog.with_genres((last.pk,)))) == [row]
    assert catalog.has_genre(catalog.genre_places[last.pk])[row]
    np.testing.assert_array_equal(catalog.rows_of(np.array([-1, 2**62])), [-1, -1])


@pytest.mark.django_db(transaction=True)
def test_a_swap_under_load_loses_no_request(artifacts: Path) -> None:
    world = build_world()
    world.publish()
    asked, failures, labels = threading.Event(), [], set()

    def ask() -> None:
        try:
            while not asked.is_set():
                ranking = Recommender(history_from(world.even[:5])).top_picks(5)
                labels.add(ranking.version)
                if len(ranking) != 5:
                    failures.append(ranking.version)
        except Exception as error:  # noqa: BLE001  whatever it is, the test must tell it
            failures.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        published = [version.pk for version in world.publish()]
    asked.set()
    for thread in threads:
        thread.join(30)
    last = Recommender(history_from(world.even[:5])).top_picks(5).version
    assert not failures
    assert "popularity" not in labels
    assert last == f"factorization/{published[0]}+sequence/{published[1]}"
    assert ModelVersion.objects.filter(status="live").count() == 2


def test_a_web_process_does_not_import_torch() -> None:
    code = (
        "import django, sys; django.setup();"
        "import moviesite.wsgi, moviesite.urls, recommender.serving.recommender, moviesite.api;"
        "from django.urls import get_resolver; get_resolver().url_patterns;"
        "heavy = {'torch', 'pandas', 'onnxruntime'} & set(sys.modules);"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "moviesite.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr

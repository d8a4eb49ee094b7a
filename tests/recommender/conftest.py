"""A small catalog with a live version of each kind, whose taste is plain to see."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from recommender.serving import live, live_versions
from recommender.serving.live_catalog import live_catalog
from tests.recommender.rated_world import rated_world
from tests.recommender.world import World, build_world

__all__ = ["rated_world"]


@pytest.fixture(autouse=True)
def fresh_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test begins as a process that has read nothing, and looks anew on every request."""
    monkeypatch.setattr(live_catalog, "in_background", False)
    monkeypatch.setattr(live_versions, "CHECK_SECONDS", 0.0)
    _forget()
    yield
    _forget()


def _forget() -> None:
    live_catalog.forget()
    live_versions.live_versions.forget()
    live._last = None


@pytest.fixture
def artifacts(settings: Any, tmp_path: Path) -> Path:
    """Where this test's artifacts lie."""
    folder = tmp_path / "artifacts"
    settings.STORAGES = {
        **settings.STORAGES,
        "artifacts": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(folder)},
        },
    }
    return folder


@pytest.fixture
def world(db: None, artifacts: Path) -> World:
    """Sixty films, no live version yet: ``world.publish()`` makes both kinds live."""
    return build_world()


@pytest.fixture
def plain_static(settings: Any) -> None:
    """Pages can be rendered without collecting the static files first."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }

"""A server of pictures, and an empty store for what comes of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from .server import ImageServer, running_server


@pytest.fixture
def image_server(settings: Any, tmp_path: Path) -> Iterator[ImageServer]:
    cache.clear()
    settings.STORAGES = {
        **settings.STORAGES,
        "images": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "images"), "allow_overwrite": True},
        },
    }
    with running_server() as server:
        settings.POSTER_BASE_URL = server.address
        yield server

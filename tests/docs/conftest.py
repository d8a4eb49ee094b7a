"""A site with films and models, for what the pages ask of one."""

from pathlib import Path

import pytest
from django.conf import settings

from tests.recommender.conftest import artifacts, fresh_process, world

__all__ = ["artifacts", "fresh_process", "world"]


@pytest.fixture(scope="session", autouse=True)
def static_folder() -> None:
    """There before the live server looks for it."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)

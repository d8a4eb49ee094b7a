"""Fixtures for every test; the servers are started by tests/services_plugin.py."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.chromium import FLAGS, find_chromium

# Playwright's synchronous API runs an event loop in the thread of the test, and Django would
# refuse the ORM there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real datasets: MATINEE_DATA_DIR, else ``shared/data`` beside the checkout."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("MATINEE_DATA_DIR") or beside)
    if not folder.is_dir():
        pytest.skip(f"no real datasets at {folder}: set MATINEE_DATA_DIR to their folder")
    return folder


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """What playwright launches: the system's Chromium, not a downloaded one."""
    chromium = find_chromium()
    if chromium is None:
        pytest.skip("no Chromium found: python -m tests.chromium --install")
    return {"executable_path": str(chromium), "args": FLAGS, "headless": True}

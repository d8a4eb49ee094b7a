"""Temporary folders that other accounts can enter."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def passable_folder() -> Iterator[Path]:
    """pytest's own are closed to others, and as root PostgreSQL runs as `nobody`."""
    folder = Path(tempfile.mkdtemp(prefix="matinee-tests-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)

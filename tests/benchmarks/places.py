"""Where the checkout and the data are, for benchmarks that need no site."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def data_folder() -> Path:
    return Path(os.environ.get("MATINEE_DATA_DIR") or ROOT.parent / "shared" / "data")

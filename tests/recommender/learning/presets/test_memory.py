"""The memory that a fit is said to need is at least what it takes, and not much more."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from recommender.learning.presets.memory import explicit_memory, sequence_memory

USERS, ITEMS, RATINGS = 4_000, 3_000, 300_000
FIT = """
import re, sys
import numpy as np
from recommender.learning.interactions import Interactions
from recommender.learning.presets.stars.model import BayesianFactorizationModel
users, items, stars, times = np.load(sys.argv[1])
data = Interactions(users, items, ratings=stars / 2, timestamps=times)
BayesianFactorizationModel(random_state=0, n_iter=2).fit(data)
# Not the resource module: its peak begins with that of the process that forked this one.
print(int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1]) * 1024)
"""


@pytest.fixture(scope="module")
def peak(tmp_path_factory: pytest.TempPathFactory) -> int:
    state = np.random.default_rng(0)
    columns = [
        np.sort(state.integers(0, USERS, RATINGS)),
        state.integers(0, ITEMS, RATINGS),
        state.integers(1, 11, RATINGS),
        state.integers(0, 10**9, RATINGS),
    ]
    file = Path(tmp_path_factory.mktemp("ratings")) / "columns.npy"
    np.save(file, np.array(columns, np.int32))
    done = subprocess.run(
        [sys.executable, "-c", FIT, str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return int(done.stdout)


def test_a_fit_of_stars_takes_less_than_is_said(peak: int) -> None:
    assert 0.5 * explicit_memory(RATINGS, USERS, ITEMS) < peak
    assert peak < explicit_memory(RATINGS, USERS, ITEMS)


def test_the_full_size_fits_into_four_gigabytes() -> None:
    assert explicit_memory(26_000_000, 270_000, 45_000) < 4e9
    assert sequence_memory(26_000_000, 270_000, 45_000) < 4e9

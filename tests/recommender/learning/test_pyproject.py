"""The library by itself: built from the checkout, installed where nothing of the site is."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[3]
LIBRARY = ROOT / "recommender" / "learning"
NEEDS = ("numpy", "scipy", "torch", "safetensors")

USE = """
import numpy as np
from recommender.learning import presets
from recommender.learning.interactions import Interactions

users, items = np.repeat(np.arange(40), 20), np.tile(np.arange(1, 21), 40)
stars = np.where(users % 2 == items % 2, 4.5, 1.5).astype(np.float32)
seen = Interactions(users, items, ratings=stars, timestamps=np.arange(800))
predicted = presets.explicit(random_state=0).fit(seen).predict(0, [2, 4, 1, 3])
liked = seen.take(stars > 3)
next_ones = presets.sequence(random_state=0).fit(liked).predict([2, 4, 6]).argsort()[-5:]
print(predicted[:2].min() > predicted[2:].max() + 1, (next_ones % 2 == 0).all())
"""

IMPORTS = """
import importlib, pkgutil
import recommender, recommender.learning as library

assert recommender.__file__ is None, "the site's package is not part of the library"
missing = {}
for module in pkgutil.walk_packages(library.__path__, "recommender.learning."):
    try:
        importlib.import_module(module.name)
    except ModuleNotFoundError as error:
        missing[module.name] = error.name
print(missing)
"""

BESIDE_THE_SITE = """
import sys
sys.path.append({root!r})
import recommender.learning, recommender
print(recommender.__file__, recommender.learning.__file__, sep="\\n")
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", str(LIBRARY)], folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a new environment with the wheel, what it needs, and nothing else.

    What it needs is linked from this environment: torch alone would take a minute to install.
    """
    folder = tmp_path_factory.mktemp("environment")
    run([sys.executable, "-m", "venv", "--without-pip", "new"], folder)
    (packages,) = folder.glob("new/lib/python*/site-packages")
    for needed in with_needs(NEEDS).values():
        for name in {file.parts[0] for file in needed.files or () if file.parts[0] != ".."}:
            if not (packages / name).exists():
                (packages / name).symlink_to(needed.locate_file(name))
    python = folder / "new" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python)]
    run([*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)], folder)
    run([*pip, "check"], folder)
    return python


def with_needs(names: Iterable[str]) -> dict[str, Distribution]:
    """These distributions and all that they lead to here."""
    found: dict[str, Distribution] = {}
    queue = list(names)
    for name in queue:
        if name not in found:
            found[name] = distribution(name)
            needs = [Requirement(line) for line in found[name].requires or ()]
            queue += [
                canonicalize_name(need.name)
                for need in needs
                if need.marker is None or need.marker.evaluate({"extra": ""})
            ]
    return found


def run(command: list[str], folder: Path) -> str:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def test_the_wheel_holds_the_whole_library_and_nothing_of_the_site(wheel: Path) -> None:
    files = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    ours = {str(path.relative_to(ROOT)) for path in LIBRARY.rglob("*.py")}
    assert files == ours | {"recommender/learning/py.typed"}


def test_it_asks_for_four_packages_and_for_two_more_to_get_datasets(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("METADATA")]
        lines = archive.read(name).decode().splitlines()
    needs = [Requirement(line.split(": ", 1)[1]) for line in lines if line.startswith("Requires-D")]
    assert {need.name for need in needs if not need.marker} == set(NEEDS)
    assert {need.name for need in needs if need.marker} == {"pandas", "pooch"}


@pytest.fixture(scope="module")
def printed(python: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """By a process that first uses the presets and then imports all the rest."""
    return run([str(python), "-c", USE + IMPORTS], tmp_path_factory.mktemp("use")).splitlines()


def test_both_presets_are_fitted_and_predict(printed: list[str]) -> None:
    assert printed[0] == "True True"


def test_all_but_the_readers_of_datasets_is_imported(printed: list[str]) -> None:
    missing = eval(printed[1])  # noqa: S307 - a dictionary.
    assert set(missing.values()) == {"pandas", "pooch"}
    assert {name.rpartition(".")[0] for name in missing} == {"recommender.learning.datasets"}


def test_with_the_site_on_the_path_the_site_is_what_is_imported(
    python: Path, tmp_path: Path
) -> None:
    beside = run([str(python), "-c", BESIDE_THE_SITE.format(root=str(ROOT))], tmp_path)
    assert beside.splitlines() == [
        str(ROOT / "recommender" / "__init__.py"),
        str(LIBRARY / "__init__.py"),
    ]

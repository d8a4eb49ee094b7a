"""Where the first dataset comes from."""

import hashlib
import os
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from catalog.datasets.known import DOWNLOADS, Download
from moviesite.local import first_data
from moviesite.local.errors import LocalRunError
from moviesite.local.first_data import first_dataset

MEMBERS = ["ml-100k.inter", "ml-100k.item", "ml-100k.user", "ml-100k.kg"]

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def grouplens_is_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = Download(url="http://127.0.0.1:1/x.zip", checksum="")
    monkeypatch.setitem(DOWNLOADS, first_data.DEFAULT, nobody)


@pytest.fixture
def package_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes packages from, with a wheel of the carrier's name in it."""
    index = tmp_path / "index"
    index.mkdir()
    wheel = index / "recbole-1.2.1-py3-none-any.whl"
    info = "recbole-1.2.1.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in MEMBERS:
            archive.writestr(first_data.CARRIED + name, name)
        archive.writestr("recbole/model.py", "")
        archive.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: recbole\nVersion: 1.2.1\n"
        )
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    monkeypatch.setattr(first_data, "CARRIER_SHA256", digest)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return index


def test_what_the_operator_names_is_left_to_the_importer(tmp_path: Path) -> None:
    assert first_dataset("ml-31m", tmp_path) == "ml-31m"


def test_a_dataset_that_is_there_already_is_taken(tmp_path: Path) -> None:
    kept = tmp_path / "datasets" / "ml-latest-small.zip"
    kept.parent.mkdir()
    kept.touch()
    assert first_dataset("", tmp_path) == str(kept)


@pytest.mark.usefixtures("package_index")
def test_without_grouplens_the_carried_movielens_is_taken_and_not_installed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(first_dataset("", tmp_path / "var"))
    assert folder == tmp_path / "var" / "datasets" / "ml-100k"
    assert sorted(path.name for path in folder.iterdir()) == MEMBERS[:3]
    assert "GroupLens did not serve ml-latest-small" in capsys.readouterr().out
    # The second time it is there already.
    assert first_dataset("", tmp_path / "var") == str(folder)


def test_a_carrier_that_was_changed_is_refused(
    tmp_path: Path, package_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_data, "CARRIER_SHA256", "0" * 64)
    with pytest.raises(LocalRunError, match="not the one whose checksum is known"):
        first_dataset("", tmp_path / "var")
    assert not list((tmp_path / "var" / "datasets").iterdir())


@pytest.mark.usefixtures("package_index")
def test_two_that_begin_at_once_both_have_it(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: first_dataset("", tmp_path / "var"), range(4)))
    [folder] = {Path(one) for one in found}
    assert sorted(path.name for path in folder.iterdir()) == MEMBERS[:3]
    assert [path.name for path in folder.parent.iterdir()] == ["ml-100k"], "nothing is left behind"


def test_without_any_source_one_sentence_says_what_to_do(
    tmp_path: Path, package_index: Path
) -> None:
    next(package_index.iterdir()).unlink()
    with pytest.raises(LocalRunError, match=r"^No first dataset could be had, .*MATINEE_DATASET"):
        first_dataset("", tmp_path / "var")


def test_the_first_dataset_is_found_before_there_are_settings() -> None:
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = [sys.executable, "-W", "ignore", "-c", "import moviesite.local.first_data"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

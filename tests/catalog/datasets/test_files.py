"""Files in folders and archives, whole or cut anywhere."""

import bz2
import gzip
import lzma
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.datasets.detection import recognise
from catalog.datasets.files import SourceFiles
from catalog.datasets.records import DatasetError
from catalog.datasets.report import Report
from tests.catalog import dataset_cases as cases

PACKED = gzip.compress(cases.RATINGS.encode(), mtime=0)


@given(st.integers(0, len(PACKED) - 1))
def test_a_gzip_cut_at_any_byte_is_refused_in_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, length: int
) -> None:
    folder = tmp_path_factory.mktemp("cut") / "ml"
    cases.write(folder, ratings="", **{"ratings.csv.gz": PACKED[:length]})
    with pytest.raises(DatasetError) as refused:
        list(recognise(folder).ratings(Report()))
    assert str(refused.value).startswith("ratings.csv.gz ")
    assert "\n" not in str(refused.value)


@given(st.integers(0, len(cases.archive()) - 1))
def test_a_zip_cut_at_any_byte_is_refused_in_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, length: int
) -> None:
    path = tmp_path_factory.mktemp("cut") / "ml.zip"
    path.write_bytes(cases.archive()[:length])
    with pytest.raises(DatasetError, match=r"^\S+ is not a folder and not a sound zip file\.$"):
        recognise(path)


@pytest.mark.parametrize(("ending", "pack"), [("bz2", bz2.compress), ("xz", lzma.compress)])
def test_other_packings(tmp_path: Path, ending: str, pack: object) -> None:
    assert callable(pack)
    files = {f"ratings.csv.{ending}": pack(cases.RATINGS.encode())}
    folder = cases.write(tmp_path / "ml", ratings="", **files)
    assert sum(len(block.users) for block in recognise(folder).ratings(Report())) == 3
    (folder / f"ratings.csv.{ending}").write_bytes(files[f"ratings.csv.{ending}"][:-12])
    with pytest.raises(DatasetError, match="is damaged or cut short"):
        list(recognise(folder).ratings(Report()))


def test_a_locked_zip_says_so(tmp_path: Path) -> None:
    locked = bytearray(cases.archive())
    # The flag in each local and each central header.
    for magic, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = locked.find(magic)
        while start >= 0:
            locked[start + place] |= 1
            start = locked.find(magic, start + 1)
    (tmp_path / "ml.zip").write_bytes(locked)
    with pytest.raises(DatasetError, match=r"ratings\.csv is locked by a password"):
        list(recognise(tmp_path / "ml.zip").ratings(Report()))


@pytest.mark.parametrize("name", ["Ratings.csv", "RATINGS.CSV", "rAtInGs.CsV", "ratings.csv.GZ"])
def test_names_are_found_in_any_case(tmp_path: Path, name: str) -> None:
    content = PACKED if name.endswith("GZ") else cases.RATINGS.encode()
    folder = cases.write(tmp_path / "ml", ratings="", **{name: content})
    found = SourceFiles(folder).find("ratings.csv")
    assert found is not None
    assert found.name == name


def test_hidden_files_and_those_of_a_mac_do_not_count(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in ("ml/ratings.csv", "__MACOSX/ml/._ratings.csv", "ml/.DS_Store", "ml/"):
            archive.writestr(name, "")
    assert SourceFiles(tmp_path / "a.zip").names == ["ratings.csv"]


def test_a_title_that_is_no_utf_8_is_read_as_windows_writes_it(tmp_path: Path) -> None:
    movies = "movieId,title,genres\n1,Amélie – “Poulain” (2001),Comedy\n"
    folder = cases.write(tmp_path / "ml", movies=movies.encode("cp1252"))
    (film,) = recognise(folder).films(set(), Report())
    assert film.title == "Amélie – “Poulain”"


def test_a_folder_with_a_loop_is_no_trap(tmp_path: Path) -> None:
    cases.write(tmp_path / "x" / "ml")
    (tmp_path / "x" / "loop").symlink_to(tmp_path / "x")
    with pytest.raises(DatasetError, match="holds several datasets"):
        recognise(tmp_path / "x")

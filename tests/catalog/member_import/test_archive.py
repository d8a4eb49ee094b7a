"""ZIPs as people have them, with others inside."""

import io
import zipfile
from dataclasses import replace

import pytest

from catalog.member_import import archive
from catalog.member_import.archive import Left, open_upload
from catalog.member_import.formats.records import FileRefusedError
from catalog.member_import.read import read

from . import exports

TABLE = "Date,Name,Year,Letterboxd URI,Rating\n2020-01-01,Heat,1995,x,4\n"


def opened(content: bytes) -> tuple[list[str], list[tuple[str, str]]]:
    left = Left()
    return [part.path for part in open_upload("all.zip", io.BytesIO(content), left)], list(left)


def test_zips_in_a_zip_are_opened_one_level_deep() -> None:
    deepest = exports.zipped({"ratings.csv": TABLE})
    inner = exports.zipped({"ratings.csv": TABLE, "photo.jpg": "picture", "deep.zip": deepest})
    parts, left = opened(exports.zipped({"Old/Export.zip": inner, "watched.csv": TABLE}))
    assert parts == ["old/export.zip/ratings.csv", "watched.csv"]
    assert left == [
        ("old/export.zip/photo.jpg", "other-file"),
        ("old/export.zip/deep.zip", "nested-zip"),
    ]


def test_an_export_in_a_zip_of_a_folder_is_read_as_by_itself() -> None:
    by_itself = read("x.zip", exports.LETTERBOXD_ZIP)
    wrapped = read("y.zip", exports.zipped({"backup/letterboxd.zip": exports.LETTERBOXD_ZIP}))
    assert wrapped.source == by_itself.source == "letterboxd"
    # Lists are told apart by where they lie.
    assert [replace(one.row, list_title="") for one in wrapped.rows] == [
        replace(one.row, list_title="") for one in by_itself.rows
    ]
    titles = [one.title for one in by_itself.lists]
    assert [one.title for one in wrapped.lists] == titles
    assert len(wrapped.files_aside) == len(by_itself.files_aside)


def test_what_cannot_be_opened_inside_is_said_and_the_rest_read() -> None:
    sound = exports.zipped({"ratings.csv": TABLE})
    parts, left = opened(
        exports.zipped({"broken.zip": sound[:-30], "none.zip": "no zip", "watched.csv": TABLE})
    )
    assert parts == ["watched.csv"]
    assert left == [("broken.zip", "damaged-zip"), ("none.zip", "damaged-zip")]


def test_bounds_hold_for_all_zips_together(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = exports.zipped({f"{n}.csv": TABLE for n in range(3)})
    whole = exports.zipped({"a.zip": inner, "b.zip": inner})
    assert len(opened(whole)[0]) == 6
    monkeypatch.setattr(archive, "MOST_FILES", 6)
    parts, left = opened(whole)
    assert len(parts) == 3
    assert left == [("b.zip", "too-many-files")]
    monkeypatch.undo()
    monkeypatch.setattr(archive, "MOST_READ", len(inner) * 2 + len(TABLE) * 4)
    parts, left = opened(whole)
    assert len(parts) in (3, 4)
    assert left == [("b.zip", "zip-too-big")]


def test_a_bomb_inside_is_not_read() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("ratings.csv", b"0" * (archive.MOST_READ_OF_ONE + 1))
    parts, left = opened(exports.zipped({"bomb.zip": bomb.getvalue(), "watched.csv": TABLE}))
    assert (parts, left) == (["watched.csv"], [("bomb.zip", "zip-too-big")])
    with pytest.raises(FileRefusedError):
        opened(bomb.getvalue())

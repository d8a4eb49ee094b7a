"""What is refused, of files and of rows, and how that is said."""

import io
import struct
import zipfile

import pytest
from django.utils import timezone, translation

from catalog.member_import import archive
from catalog.member_import.archive import MOST_READ_OF_ONE
from catalog.member_import.formats.records import MOST_ROWS, FileRefusedError
from catalog.member_import.messages import ASIDE, FILES, FILES_ASIDE, ROWS, text_of
from catalog.member_import.read import read

from . import exports

HEADER = "Date,Name,Year,Letterboxd URI,Rating\n"
GOOD = HEADER + "2020-05-01,The Matrix,1999,x,4.5\n"


def refusal(content: str | bytes, name: str = "ratings.csv") -> str:
    """Why a file is refused; that it can be said in words is checked along."""
    with pytest.raises(FileRefusedError) as caught:
        read(name, content.encode() if isinstance(content, str) else content)
    assert "%(" not in text_of(caught.value.code, caught.value.values)
    return caught.value.code


def problem(row: str) -> str:
    """Why a row is refused; the sound one after it is taken all the same."""
    found = read("ratings.csv", f"{HEADER}{row}\n2020-05-01,Heat,1995,x,4\n".encode())
    assert [placed.row.film.title for placed in found.rows] == ["Heat"]
    ((file, line, error),) = found.problems
    assert (file, line) == ("ratings.csv", 2)
    assert text_of(error.code, error.values)
    return error.code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" * 9, "binary"),
        (bytes(range(1, 256)) * 9, "binary"),
        (b"\xff\xfe" + GOOD.encode("utf-16-le") + b"\x00", "encoding"),
        (b"x" * (MOST_READ_OF_ONE + 1), "too-big-to-read"),
        ("Cinema,Seats\nOdeon,40\n", "unknown-header"),
        ('{"films": []}', "unknown-header"),
        ("[1, 2]", "unknown-header"),
        ("[]", "nothing"),
        ('[{"type": "movie", "rating": NaN}]', "broken-json"),
        ("[" * 100_000, "broken-json"),
        ("[" + "9" * 5000 + "]", "broken-json"),
        (HEADER, "nothing"),
        (HEADER + '2020-05-01,"The Matrix,1999,x,4.5\n' + "more\n" * 9, "broken-table"),
        (HEADER + "2020-05-01," + "x" * 200_000 + ",1999,x,4.5\n", "broken-table"),
        (exports.MOVIELENS_DATASET + "8,1,3.0,964981247\n", "many-people"),
    ],
)
def test_files_that_are_refused(content: str | bytes, code: str) -> None:
    assert refusal(content) == code


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("2020-05-01,Alien,1979,x,4,5", "cells"),
        ("2020-05-01,,1979,x,4", "no-film"),
        ("2020-05-01,\x01\x02,1979,x,4", "no-film"),
        ("2020-05-01,=HYPERLINK(1),1979,x,4", "formula"),
        ("2020-05-01,=1+1,1979,x,4", "formula"),
        ("2020-05-01,@SUM(1+1)*cmd|' /C calc'!A0,1979,x,4", "formula"),
        ("2020-05-01,-cmd|' /C calc'!A0,1979,x,4", "formula"),
        ("2020-05-01," + "x" * 301 + ",1979,x,4", "long-title"),
        ("2020-05-01,Alien,79,x,4", "bad-year"),
        ("2020-05-01,Alien,1e3,x,4", "bad-year"),
        ("2020-05-01,Alien,9999,x,4", "bad-year"),
        ("2020-05-01,Alien,1979,x,NaN", "bad-stars"),
        ("2020-05-01,Alien,1979,x,inf", "bad-stars"),
        ("2020-05-01,Alien,1979,x,-4", "bad-stars"),
        ("2020-05-01,Alien,1979,x,0", "bad-stars"),
        ("2020-05-01,Alien,1979,x,4.2", "bad-stars"),
        ("2020-05-01,Alien,1979,x,10", "bad-stars"),
        ("2020-05-01,Alien,1979,x,%(evil)s", "bad-stars"),
    ],
)
def test_rows_that_are_refused(row: str, code: str) -> None:
    assert problem(row) == code


@pytest.mark.parametrize("title", ["+1", "-30-", "@Suicide Room", "<b>Alien</b>", "'71", "$"])
def test_titles_that_look_odd_and_are_titles(title: str) -> None:
    found = read("ratings.csv", f"{HEADER}2020-05-01,{title},1979,x,4\n".encode())
    assert [placed.row.film.title for placed in found.rows] == [title]


@pytest.mark.parametrize("text", ["2999-01-01", "0001-01-01", "2020-02-30", "yesterday", "x"])
def test_no_row_goes_for_want_of_a_day(text: str) -> None:
    found = read("ratings.csv", f"{HEADER}{text},Alien,1979,x,4\n".encode())
    assert [(one.row.film.title, one.row.happened_at) for one in found.rows] == [("Alien", None)]
    assert found.aside == {"days": 1}


def test_cells_at_the_end_may_be_missing_or_empty_and_too_many() -> None:
    found = read("ratings.csv", f"{HEADER}2020-05-01,Alien,1979,x,4,,\n,Heat\n".encode())
    assert [one.row.film.title for one in found.rows] == ["Alien"]
    assert found.aside == {"no-stars": 1}, "Heat has no cell for stars"


def test_a_quotation_mark_inside_a_cell_is_forgiven() -> None:
    found = read("ratings.csv", (HEADER + '2020-05-01,"The" Matrix,1999,x,4.5\n').encode())
    assert [one.row.film.title for one in found.rows] == ["The Matrix"]


def test_a_day_may_be_tomorrow_somewhere_and_is_never_later_than_now() -> None:
    tomorrow = (timezone.now() + timezone.timedelta(hours=23)).date()
    found = read("ratings.csv", f"{HEADER}{tomorrow},Alien,1979,x,4\n".encode())
    assert found.rows[0].row.happened_at <= timezone.now()


def test_as_many_rows_as_are_allowed_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_ROWS == 100_000
    monkeypatch.setattr("catalog.member_import.read.MOST_ROWS", 1000)
    row = "2020-05-01,Alien,1979,x,4\n"
    assert len(read("ratings.csv", (HEADER + row * 1000).encode()).rows) == 1000
    assert refusal(HEADER + row * 1001) == "too-many-rows"


def test_rows_that_make_no_sense_are_counted_beyond_those_that_are_kept() -> None:
    found = read("ratings.csv", (HEADER + "2020-05-01,Alien,x,x,4\n" * 500).encode())
    assert (found.problem_count, len(found.problems)) == (500, 100)


def test_json_entries_that_are_none() -> None:
    content = '[{"type": "movie", "rated_at": "2020-01-01", "rating": 8, "movie": {"ids": []}}, 7]'
    found = read("ratings-movies.json", content.encode())
    assert [error.code for _, _, error in found.problems] == ["no-object", "no-object"]


@pytest.mark.parametrize("rating", ["true", "11", "-1", '"ten"', "[8]", "1e400"])
def test_json_ratings_that_are_none(rating: str) -> None:
    content = exports.TRAKT_RATINGS.replace('"rating": 8', f'"rating": {rating}')
    found = read("ratings-movies.json", content.encode())
    assert not found.rows
    assert found.problems


@pytest.fixture
def small_bounds(monkeypatch: pytest.MonkeyPatch) -> int:
    """The most that is read of one file; of all it is as many times that as ever."""
    times = archive.MOST_READ / MOST_READ_OF_ONE
    monkeypatch.setattr(archive, "MOST_READ_OF_ONE", 1 << 16)
    monkeypatch.setattr(archive, "MOST_READ", int(times * (1 << 16)))
    return 1 << 16


def test_a_zip_that_unpacks_to_too_much(small_bounds: int) -> None:
    assert refusal(exports.zipped({"ratings.csv": b"0" * (small_bounds + 1)})) == "zip-too-big"
    rows = b"0\n" * (small_bounds // 2)
    assert refusal(exports.zipped({f"{n}.csv": rows for n in range(6)})) == "zip-too-big"


def test_a_zip_that_lies_about_what_it_unpacks_to(small_bounds: int) -> None:
    bomb = bytearray(exports.zipped({"ratings.csv": b"0" * (small_bounds + 9)}))
    told = struct.pack("<L", small_bounds + 9)
    assert bomb.count(told) == 2, "in front of the file and in the directory"
    lie = bytes(bomb.replace(told, struct.pack("<L", 9)))
    assert refusal(lie) in ("damaged-zip", "unknown-zip")


def test_zips_that_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = exports.LETTERBOXD_ZIP
    assert refusal(sound[: len(sound) // 2]) == "damaged-zip"
    assert refusal(b"PK\x03\x04 nonsense") == "damaged-zip"
    assert refusal(exports.zipped({})) == "unknown-zip"
    assert refusal(exports.zipped({"notes.txt": "hello", "a.csv": "b\n1\n"})) == "unknown-zip"
    deeper = exports.zipped({"inner.zip": exports.zipped({"innermost.zip": sound})})
    assert refusal(deeper) == "unknown-zip"
    locked = bytearray(exports.zipped({"ratings.csv": exports.LETTERBOXD_RATINGS}))
    locked[locked.find(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(locked)) == "locked-zip"
    monkeypatch.setattr(archive, "MOST_FILES", 3)
    assert refusal(sound) == "too-many-files"


def test_paths_in_a_zip_lead_nowhere() -> None:
    content = exports.zipped({"../../etc/ratings.csv": exports.LETTERBOXD_RATINGS})
    assert {placed.file for placed in read("x.zip", content).rows} == {"ratings.csv"}


def test_a_damaged_file_in_a_zip_that_is_needed() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("ratings.csv", exports.LETTERBOXD_RATINGS)
    damaged = buffer.getvalue().replace(b"The Matrix", b"The Mutrix", 1)
    assert refusal(damaged) == "damaged-zip"


def test_every_reason_can_be_said() -> None:
    places = {"line": 1, "header": "a", "value": "b"}
    with translation.override("en"):
        for code in (*FILES, *ROWS, *ASIDE, *FILES_ASIDE):
            assert "%" not in text_of(code, places)

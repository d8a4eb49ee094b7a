"""Ratings read by blocks are those that are read one by one, whatever stands in the file."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.datasets import rating_blocks
from catalog.datasets.detection import recognise
from catalog.datasets.files import SourceFiles
from catalog.datasets.rating_rows import COLUMNS, rating_rows
from catalog.datasets.records import RatingRow
from catalog.datasets.report import Report
from catalog.datasets.tables import read_table
from tests.catalog import dataset_files as files

HEADER = "userId,movieId,rating,timestamp\n"
PLAIN = "1,10,4.0,964982703\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("blocks")


def both(folder: Path, text: str) -> tuple[list[RatingRow], Report]:
    """What blocks give, which must be what rows give, with the same report."""
    path = folder / "ratings.csv"
    path.write_bytes(text.encode())
    file = SourceFiles(folder).find("ratings.csv")
    assert file is not None
    by_row, by_block = Report(), Report()
    table = read_table(file, COLUMNS, by_row, kind="ratings", optional=COLUMNS[-1:])
    expected = list(rating_rows(table, file.name, by_row))
    blocks = rating_blocks.read_ratings(file, by_block, scale=5)
    found = [row for block in blocks for row in block.rows()]
    assert found == expected
    assert by_block.as_json() == by_row.as_json()
    return found, by_block


LINES = st.sampled_from(
    [
        PLAIN,
        "2,20,0.5,964982704\n",
        "3,30,5,964982705\r\n",
        "3,30,3.3,964982705\n",
        "4,40,4.50000000000000000001,964982705\n",
        "x,40,4.0,964982705\n",
        "4,40,4.0\n",
        "4,40,4.0,964982705,7\n",
        "4,40,4.0,964982705,\n",
        "4.0,40,4.0,964982705\n",
        "4,40,1e0,964982705\n",
        "+4,40,4.0,964982705\n",
        "4,99999999999,4.0,964982705\n",
        "4,40,4.0,99999999999999999999999\n",
        "4,40,4.0,500000000\n",
        '"4",40,4.0,964982705\n',
        '4,"40\n",4.0,964982705\n',
        '4,40,"4.0,964982705\n',
        "\n",
        " 4 , 40 , 4.0 , 964982705 \n",
        "4,40,4.0,2005-04-02\r",
        "4,40,4.0,",
        "é,40,4.0,964982705\n",
    ]
)


@given(st.lists(LINES, max_size=12))
def test_whatever_stands_in_a_file(folder: Path, lines: list[str]) -> None:
    both(folder, HEADER + "".join(lines))


@pytest.mark.parametrize("block", [16, 64, 1 << 20])
def test_lines_are_counted_across_blocks(
    folder: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(rating_blocks, "BLOCK", block)
    found, report = both(folder, HEADER + 5 * PLAIN + "1,10,good,1\n" + 5 * PLAIN + '"1",2,3,x\n')
    assert len(found) == 10
    assert [problem.line for problem in report.problems] == [7, 13]


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_digits_alone_are_not_read_row_by_row(
    folder: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a plain block was read row by row")

    monkeypatch.setattr(rating_blocks, "rating_rows", refuse)
    (folder / "ratings.csv").write_text(HEADER + 3 * PLAIN + PLAIN.rstrip() + end, newline="")
    file = SourceFiles(folder).find("ratings.csv")
    assert file is not None
    blocks = rating_blocks.read_ratings(file, Report(), scale=5)
    rows = [row for block in blocks for row in block.rows()]
    assert rows == 4 * [RatingRow(1, 10, 8, 964982703)]


def test_colons_of_movielens_1m(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rating_blocks, "rating_rows", None)
    files.write_lines(tmp_path / "ratings.dat", ["1::10::4::964982703", "2::10::3::964982704"])
    files.write_lines(tmp_path / "movies.dat", ["10::Heat (1995)::Crime"])
    assert files.ratings_of(recognise(tmp_path)) == [
        RatingRow(1, 10, 8, 964982703),
        RatingRow(2, 10, 6, 964982704),
    ]

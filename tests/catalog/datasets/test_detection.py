"""Every layout is recognised, packed or not, and read to the same films and ratings."""

from pathlib import Path

import pytest

from catalog.datasets.detection import recognise
from catalog.datasets.records import DatasetError, Film, RatingRow, Reader
from catalog.datasets.report import Report
from tests.catalog import dataset_files as files

RATINGS = [(1, 10, 3.5, 100), (1, 20, "5", 200), (2, 10, 0.5, 300)]
READ = [RatingRow(1, 10, 7, 100), RatingRow(1, 20, 10, 200), RatingRow(2, 10, 1, 300)]


def read(reader: Reader) -> tuple[list[RatingRow], list[Film], Report]:
    report = Report()
    ratings = files.ratings_of(reader, report)
    return ratings, list(reader.films({row.item for row in ratings}, report)), report


def movielens(folder: Path) -> Path:
    return files.movielens(
        folder,
        ratings=RATINGS,
        movies=[(10, "GoldenEye (1995)", "Action|Thriller"), (20, "Léon, The (1994)", "Drama")],
        links=[(10, "0113189", "710"), (20, "110413", "")],
    )


def movies_dataset(folder: Path) -> Path:
    return files.movies_dataset(
        folder,
        ratings=RATINGS,
        links=[(10, "0113189", "710"), (20, "0110413", "101")],
        metadata=[
            files.metadata_row(id=710, imdb_id="tt0113189", title="GoldenEye"),
            files.metadata_row(id=101, imdb_id="tt0110413", title="Léon"),
        ],
    )


@pytest.mark.parametrize("packing", ["plain", "gz", "zip", "archive"])
def test_movielens_csv(tmp_path: Path, packing: str) -> None:
    path = movielens(tmp_path / "ml-latest-small")
    reader = recognise(path if packing == "plain" else files.pack(path, packing))
    ratings, (golden_eye, leon), report = read(reader)
    assert reader.slug == "ml-latest-small"
    assert ratings == READ
    assert (golden_eye.title, golden_eye.year) == ("GoldenEye", 1995)
    assert golden_eye.genres == ("Action", "Thriller")
    assert (golden_eye.movielens_id, golden_eye.imdb_id, golden_eye.tmdb_id) == (
        10,
        "tt0113189",
        710,
    )
    assert (leon.title, leon.imdb_id, leon.tmdb_id) == ("The Léon", "tt0110413", None)
    assert report.remarks["links without a TMDB id"] == 1
    assert report.rejected == 0


@pytest.mark.parametrize("packing", ["plain", "gz", "zip", "archive"])
def test_the_movies_dataset(tmp_path: Path, packing: str) -> None:
    path = movies_dataset(tmp_path / "archive")
    reader = recognise(path if packing == "plain" else files.pack(path, packing))
    ratings, films, _ = read(reader)
    assert reader.slug == "movies-dataset-small"
    assert ratings == READ
    assert [(film.movielens_id, film.title) for film in films] == [(10, "GoldenEye"), (20, "Léon")]


def test_the_movies_dataset_takes_all_ratings_unless_told_otherwise(tmp_path: Path) -> None:
    path = movies_dataset(tmp_path / "archive")
    files.write_csv(path / "ratings.csv", files.RATINGS, [(7, 10, 4, 1)])
    assert recognise(path).slug == "movies-dataset"
    assert [row.user for row in files.ratings_of(recognise(path))] == [7]
    assert recognise(path, small=True).slug == "movies-dataset-small"
    assert [row.user for row in files.ratings_of(recognise(path, small=True))] == [1, 1, 2]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8"])
def test_movielens_1m_and_10m(tmp_path: Path, encoding: str) -> None:
    folder = tmp_path / "ml-1m"
    files.write_lines(
        folder / "ratings.dat", ["1::10::3.5::100", "1::20::5::200", "2::10::.5::300"]
    )
    files.write_lines(
        folder / "movies.dat",
        ["10::Misérables, Les (1995)::Drama|Musical", "20::Toy Story (1995)::Children's"],
        encoding,
    )
    reader = recognise(folder)
    ratings, (first, second), _ = read(reader)
    assert (reader.slug, ratings) == ("ml-1m", READ)
    assert (first.title, first.genres) == ("Les Misérables", ("Drama", "Musical"))
    assert second.genres == ("Children",)


def test_movielens_100k(tmp_path: Path) -> None:
    folder = tmp_path / "anything"
    files.write_lines(folder / "u.data", ["1\t10\t3.5\t100", "1\t20\t5\t200", "2\t10\t0.5\t300"])
    flags = "|".join("1" if number in (1, 5) else "0" for number in range(19))
    line = f"10|Misérables, Les (1995)|01-Jan-1995||http://us.imdb.com/M|{flags}"
    files.write_lines(folder / "u.item", [line], "latin-1")
    reader = recognise(folder)
    ratings, (film, unknown), report = read(reader)
    assert (reader.slug, reader.item_key, ratings) == ("ml-100k", "ml_100k_id", READ)
    assert (film.title, film.year, film.genres) == ("Les Misérables", 1995, ("Action", "Comedy"))
    assert (film.movielens_id, film.ml_100k_id) == (None, 10)
    assert unknown.title == "Untitled film (MovieLens 100K 20)"
    assert report.remarks["rated movies without a title"] == 1


def test_movies_of_movielens_100k_are_taken_once_and_by_number(tmp_path: Path) -> None:
    folder = tmp_path / "ml-100k"
    flags = "|".join("0" * 19)
    files.write_lines(folder / "u.data", ["1\t10\t3.5\t100"])
    titles = [f"{item}|Heat (1995)||||{flags}" for item in ("10", "10", "x")]
    files.write_lines(folder / "u.item", titles)
    report = Report()
    assert len(list(recognise(folder).films({10}, report))) == 1
    assert [problem.reason for problem in report.problems] == [
        "movie 10 was there already",
        "the movie 'x' is not a whole number",
    ]


def test_recbole_atomic_files(tmp_path: Path) -> None:
    folder = tmp_path / "ml-100k"
    files.write_lines(
        folder / "ml-100k.inter",
        [
            "user_id:token\titem_id:token\trating:float\ttimestamp:float",
            "1\t10\t3.5\t100",
            "1\t20\t5\t200.0",
            "2\t10\t0.5\t300",
        ],
    )
    files.write_lines(
        folder / "ml-100k.item",
        [
            "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq",
            "10\tUsual Suspects, The\t1995\tCrime Thriller",
            '20\tunknown "one\tV\tunknown',
        ],
    )
    ratings, (first, second), report = read(recognise(folder))
    assert ratings == READ
    assert (first.title, first.year, first.genres) == (
        "The Usual Suspects",
        1995,
        ("Crime", "Thriller"),
    )
    assert (second.title, second.year, second.genres) == ('unknown "one', None, ())
    assert report.rejected == 0


def test_a_folder_around_the_folder_is_looked_into(tmp_path: Path) -> None:
    movielens(tmp_path / "outer" / "ml-20m")
    assert len(files.ratings_of(recognise(tmp_path / "outer"))) == 3


def test_a_name_of_ones_own(tmp_path: Path) -> None:
    assert recognise(movielens(tmp_path / "x"), slug="mine").slug == "mine"


def test_what_is_no_dataset_says_what_it_holds_and_what_would_be(tmp_path: Path) -> None:
    files.write_lines(tmp_path / "notes.txt", ["nothing"])
    with pytest.raises(
        DatasetError, match=r"holds notes\.txt, which is none of these layouts: The"
    ):
        recognise(tmp_path)
    with pytest.raises(DatasetError, match="no folder or zip file"):
        recognise(tmp_path / "missing")
    with pytest.raises(DatasetError, match="not a sound zip"):
        recognise(tmp_path / "notes.txt")


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    folder = movielens(tmp_path / "ml")
    files.write_csv(folder / "ratings.csv", ("userId", "movieId", "stars"), [(1, 10, 4)])
    with pytest.raises(DatasetError, match=r"ratings\.csv has no column 'rating'; its columns are"):
        list(recognise(folder).ratings(Report()))


def test_metadata_may_have_fewer_columns_in_another_order(tmp_path: Path) -> None:
    folder = movies_dataset(tmp_path / "archive")
    rows = [("GoldenEye", "tt0113189", "130.0", 710), ("Léon", "tt0110413", "110.0", 101)]
    files.write_csv(folder / "movies_metadata.csv", ("title", "imdb_id", "runtime", "id"), rows)
    _, films, _ = read(recognise(folder))
    assert [(film.movielens_id, film.title, film.runtime) for film in films] == [
        (10, "GoldenEye", 130),
        (20, "Léon", 110),
    ]
    files.write_csv(folder / "movies_metadata.csv", ("title", "id"), [("GoldenEye", 710)])
    with pytest.raises(DatasetError, match=r"movies_metadata\.csv has no column 'imdb_id'"):
        read(recognise(folder))


def test_links_are_required_beside_metadata(tmp_path: Path) -> None:
    folder = movies_dataset(tmp_path / "archive")
    (folder / "links_small.csv").unlink()
    with pytest.raises(DatasetError, match=r"neither links\.csv nor links_small\.csv"):
        recognise(folder)


def test_a_file_cut_short_is_damaged(tmp_path: Path) -> None:
    folder = files.pack(movielens(tmp_path / "ml"), "gz")
    ratings = folder / "ratings.csv.gz"
    ratings.write_bytes(ratings.read_bytes()[:-12])
    with pytest.raises(DatasetError, match=r"ratings\.csv\.gz is damaged or cut short"):
        list(recognise(folder).ratings(Report()))

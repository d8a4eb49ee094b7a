"""The dirt of the real files: dealt with where it can be, reported where it cannot."""

import csv
from datetime import date
from pathlib import Path

import pytest

from catalog.datasets.detection import recognise
from catalog.datasets.records import Film, Knowledge
from catalog.datasets.report import Report
from tests.catalog import dataset_files as files

LINKS = [(1, "0114709", "862"), (2, "0113497", "8844"), (3, "0113228", "")]


def films_of(
    folder: Path,
    metadata: list[list[object]],
    *,
    links: list[tuple[int, str, str]] = LINKS,
    rated: tuple[int, ...] = (),
) -> tuple[list[Film], Report]:
    files.movies_dataset(folder, ratings=[], links=links, metadata=metadata)
    report = Report()
    return list(recognise(folder).films(set(rated), report)), report


def test_bad_ratings_are_reported_with_file_line_and_reason(tmp_path: Path) -> None:
    folder = files.movielens(tmp_path / "ml", ratings=[], movies=[(1, "Heat (1995)", "Crime")])
    files.write_lines(
        folder / "ratings.csv",
        [
            "userId,movieId,rating,timestamp",
            "1,1,4.0,100",
            "x,1,4.0,100",
            "1,y,4.0,100",
            "1,1,7,100",
            "1,1,3.3,100",
            "1,1,good,100",
            "1,1,4.0,yesterday",
            "1,1,4.0",
            "",
            "1.0,1.0,4,100.0",
            "-1,1,4.0,100",
        ],
    )
    report = Report(problem_limit=5)
    assert len(files.ratings_of(recognise(folder), report)) == 2
    assert report.counts["ratings"].read == 10
    assert report.counts["ratings"].rejected == 8
    assert [str(problem) for problem in report.problems] == [
        "ratings.csv, line 3: the user 'x' is not a whole number",
        "ratings.csv, line 4: the movie 'y' is not a whole number",
        "ratings.csv, line 5: rating must be a half-star from 0.5 to 5.0, got '7'",
        "ratings.csv, line 6: rating must be a half-star from 0.5 to 5.0, got '3.3'",
        "ratings.csv, line 7: rating must be a number, got 'good'",
    ]


def test_metadata_join_on_the_imdb_id_before_the_tmdb_id(tmp_path: Path) -> None:
    # The row with TMDB id 862 has the IMDb id of MovieLens's 2: the IMDb id decides.
    films, report = films_of(
        tmp_path,
        [
            files.metadata_row(id=862, imdb_id="tt0113497", title="Jumanji"),
            files.metadata_row(id=8844, imdb_id="tt9999999", title="Not Jumanji"),
        ],
        rated=(1,),
    )
    by_id = {film.movielens_id: film for film in films}
    assert by_id[2].title == "Jumanji"
    assert by_id[None].title == "Not Jumanji"
    assert by_id[1].title == "Jumanji"  # no metadata has its IMDb id: by the TMDB id 862
    assert report.remarks["links joined on the TMDB id"] == 1


def test_rows_without_an_imdb_id_join_by_the_tmdb_id_alone(tmp_path: Path) -> None:
    films, report = films_of(
        tmp_path,
        [
            files.metadata_row(id=862, imdb_id="", title="Toy Story"),
            files.metadata_row(id=5, imdb_id="0", title="Four Rooms"),
        ],
    )
    assert [(film.movielens_id, film.imdb_id) for film in films] == [(1, "tt0114709"), (None, None)]
    assert report.remarks["metadata rows without an IMDb id, joined on the TMDB id alone"] == 2
    assert report.remarks["metadata rows without a link"] == 1


def test_repeated_ids_are_taken_once(tmp_path: Path) -> None:
    row = files.metadata_row(id=862, imdb_id="tt0114709", title="Toy Story", popularity="1")
    again = files.metadata_row(id=862, imdb_id="tt0114709", title="Toy Story", popularity="2")
    films, report = films_of(
        tmp_path, [row, again], links=[*LINKS, (1, "0000001", "1"), (9, "0114709", "862")]
    )
    assert [(film.movielens_id, film.popularity) for film in films] == [(1, 1.0), (9, 1.0)]
    assert report.remarks["repeated ids in the metadata, first row taken"] == 1
    assert [str(problem) for problem in report.problems] == [
        "links_small.csv, line 5: movie 1 has a link already"
    ]


def halves(title: str) -> list[list[object]]:
    """A film broken inside its overview, as three are in the real file."""
    whole = files.metadata_row(
        id=862, imdb_id="tt0114709", original_title=title, overview="Begun", title=title
    )
    first = [*whole[:10]]
    second = files.metadata_row(
        adult=" and ended.",
        belongs_to_collection="1.5",
        budget="/p.jpg",
        genres="[{'name': 'Pixar', 'id': 3}]",
        homepage="[{'iso_3166_1': 'US', 'name': 'United States'}]",
        id="8/20/97",
        imdb_id="0",
        original_language="104",
        original_title="[{'iso_639_1': 'en', 'name': 'English'}]",
        overview="Released",
        poster_path=title,
        production_companies="False",
        production_countries="6.0",
        release_date="12",
    )[:15]
    return [first, second]


def test_shifted_rows_are_put_together_again(tmp_path: Path) -> None:
    after = files.metadata_row(id=8844, imdb_id="tt0113497", title="Jumanji")
    (film, following), report = films_of(tmp_path, [*halves("Midnight Man"), after])
    assert (film.title, film.overview) == ("Midnight Man", "Begun and ended.")
    assert (film.movielens_id, film.release_date, film.runtime) == (1, date(1997, 8, 20), 104)
    assert film.companies == ((3, "Pixar"),)
    assert (film.popularity, film.vote_average, film.vote_count) == (1.5, 6.0, 12)
    assert (film.poster_path, film.genres) == ("/p.jpg", ())
    assert following.title == "Jumanji"
    assert report.remarks["rows with shifted columns, put together again"] == 1
    assert report.counts["movies"].read == 3
    assert report.rejected == 0


def test_a_shifted_row_without_its_beginning_is_rejected(tmp_path: Path) -> None:
    films, report = films_of(tmp_path, [halves("Midnight Man")[1]])
    assert films == []
    assert str(report.problems[0]) == (
        "movies_metadata.csv, line 2: the columns are shifted: the id is '8/20/97'"
    )


def test_odd_cells_are_unknown_and_counted(tmp_path: Path) -> None:
    (film,), report = films_of(
        tmp_path,
        [
            files.metadata_row(
                id=862,
                imdb_id="tt0114709",
                title="Toy\x00 Story",
                original_title="",
                budget="/ff9q.jpg",
                popularity="Beware Of Frost Bites",
                revenue="0",
                runtime="81.0",
                release_date="1",
                genres="[{'id': 16, 'name': \"Children's\"}, {'id': 16, 'name': ''}]",
                production_companies="[{'name': broken",
                spoken_languages="[{'iso_639_1': 'EN', 'name': 'English'}, {'iso_639_1': 'x'}]",
                poster_path="no path",
                homepage="javascript:alert(1)",
                adult="maybe",
                vote_average="7.7",
                vote_count="0",
            )
        ],
        links=LINKS[:1],
    )
    assert film.title == "Toy Story"
    assert (film.budget, film.popularity, film.revenue, film.runtime) == (None, None, None, 81)
    assert (film.release_date, film.year, film.adult) == (None, None, None)
    assert (film.genres, film.companies) == (("Children's",), ())
    assert film.languages == (("en", "English"),)
    assert (film.poster_path, film.homepage) == ("", "")
    assert (film.vote_average, film.vote_count) == (None, 0)
    assert report.remarks["unreadable cells in budget"] == 1
    assert report.remarks["unreadable cells in popularity"] == 1
    assert report.remarks["unreadable cells in production_companies"] == 1


def test_odd_quoting_keeps_titles_whole(tmp_path: Path) -> None:
    rows = [
        files.metadata_row(
            id=862, imdb_id="tt0114709", title='The "Other", Woman', overview="a\nb"
        ),
        files.metadata_row(id=8844, imdb_id="tt0113497", title="'Round Midnight"),
        files.metadata_row(id="x", title="Bad"),
    ]
    films, report = films_of(tmp_path, rows, links=LINKS[:2])
    assert [film.title for film in films] == ['The "Other", Woman', "'Round Midnight"]
    assert films[0].overview == "a\nb"
    # Line numbers count the lines of the file, the one inside the overview too.
    assert report.problems[0].line == 5


def test_rated_films_without_metadata_get_a_title(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    films, report = films_of(folder, [], rated=(1, 2, 77))
    assert [film.title for film in films] == [
        "Untitled film tt0114709",
        "Untitled film tt0113497",
        "Untitled film (MovieLens 77)",
    ]
    assert report.remarks["rated movies without metadata"] == 3
    assert report.remarks["rated movies without a title"] == 3
    assert report.remarks["links without metadata, title or rating, left out"] == 1
    # MovieLens beside it knows two of them.
    titles = [(1, "Toy Story (1995)", "Children|Sci-Fi"), (3, "Heat (1995)", "Action")]
    files.movielens(tmp_path / "ml-latest-small", ratings=[], movies=titles)
    films, report = films_of(folder, [], rated=(1, 2))
    assert [(film.title, film.knowledge) for film in films] == [
        ("Toy Story", Knowledge.TITLE),
        ("Untitled film tt0113497", Knowledge.PLACEHOLDER),
        ("Heat", Knowledge.TITLE),
    ]
    assert films[0].genres == ("Family", "Science Fiction")
    assert films[0].imdb_id == "tt0114709"


def test_movies_of_movielens_are_taken_once_and_need_a_title(tmp_path: Path) -> None:
    movies = [(1, "Heat (1995)", "Crime"), (1, "Heat again", ""), ("z", "Zed", ""), (4, " ", "")]
    folder = files.movielens(tmp_path / "ml", ratings=[], movies=movies)
    report = Report()
    assert [film.title for film in recognise(folder).films(set(), report)] == ["Heat"]
    assert [problem.reason for problem in report.problems] == [
        "movie 1 was there already",
        "the movie 'z' is not a whole number",
        "movie 4 has no title",
    ]


@pytest.mark.parametrize("encoded", [b"\xef\xbb\xbf", b""])
def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path, encoded: bytes) -> None:
    folder = files.movielens(tmp_path / "ml", ratings=[(1, 1, 4, 1)], movies=[(1, "Heat", "")])
    ratings = folder / "ratings.csv"
    ratings.write_bytes(encoded + ratings.read_bytes())
    assert len(files.ratings_of(recognise(folder))) == 1


def test_a_cell_that_swallows_the_file_costs_no_more_than_itself(tmp_path: Path) -> None:
    folder = files.movielens(tmp_path / "ml", ratings=[], movies=[])
    unclosed = '1,"' + "x" * (csv.field_size_limit() + 10)
    files.write_lines(
        folder / "movies.csv", ["movieId,title,genres", unclosed, "2,Heat (1995),Crime"]
    )
    report = Report()
    films = list(recognise(folder).films(set(), report))
    assert [film.title for film in films] == ["Heat"]
    assert "not readable as CSV" in report.problems[0].reason

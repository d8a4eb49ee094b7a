"""Which site a file is from, and what its rows say."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from catalog.member_import.formats.records import Reading, ReadRow
from catalog.member_import.read import read

from . import exports


def reading(content: str | bytes, name: str = "ratings.csv") -> Reading:
    return read(name, content.encode() if isinstance(content, str) else content)


def rows(content: str | bytes, name: str = "ratings.csv") -> list[ReadRow]:
    found = reading(content, name)
    assert not found.problems
    return [placed.row for placed in found.rows]


def test_letterboxd_ratings_are_half_stars_with_their_day() -> None:
    matrix, amelie, tiger = rows(exports.LETTERBOXD_RATINGS)
    assert (matrix.kind, matrix.half_stars, matrix.film.title) == ("rating", 9, "The Matrix")
    assert matrix.happened_at == datetime(2020, 5, 1, tzinfo=UTC)
    assert (amelie.half_stars, amelie.film.year) == (10, 2001)
    assert tiger.film.title == "Crouching Tiger, Hidden Dragon"


def test_letterboxd_diary_has_days_and_stars() -> None:
    found = reading(exports.LETTERBOXD_DIARY, "diary.csv")
    said = [(one.row.kind, one.row.film.title, one.row.half_stars) for one in found.rows]
    assert said == [
        ("rating", "The Matrix", 8),
        ("diary", "The Matrix", 8),
        ("rating", "Alien", 9),
        ("diary", "Alien", 9),
        ("diary", "Amélie", None),
        ("seen", "Heat", None),
    ]
    alien = found.rows[3].row
    assert (alien.watched_on, alien.rewatch) == (date(2021, 6, 30), True)
    assert found.rows[2].row.happened_at == datetime(2021, 7, 1, tzinfo=UTC)
    assert found.aside == {"tags": 1}


def test_letterboxd_watchlist_is_told_by_its_name() -> None:
    alien, heat = rows(exports.LETTERBOXD_WATCHLIST, "letterboxd-ada-watchlist (1).csv")
    assert {alien.kind, heat.kind} == {"watchlist"}
    assert heat.happened_at == datetime(2022, 1, 2, tzinfo=UTC)


def test_letterboxd_films_watched_are_seen_on_no_known_day() -> None:
    matrix, heat = rows(exports.LETTERBOXD_WATCHED, "watched.csv")
    assert {matrix.kind, heat.kind} == {"seen"}
    assert (heat.watched_on, heat.happened_at) == (None, datetime(2021, 9, 1, tzinfo=UTC))


def test_a_letterboxd_zip_is_read_but_for_what_is_deleted() -> None:
    found = reading(exports.LETTERBOXD_ZIP, "letterboxd-ada-2022.zip")
    assert found.source == "letterboxd"
    kinds = Counter(str(one.row.kind) for one in found.rows)
    assert kinds == {"rating": 3 + 2 + 1, "diary": 3, "watchlist": 2, "seen": 2 + 1, "list": 2 + 2}
    assert [head.title for head in found.lists] == ["Favourites", "My watchlist"]
    noted = [one.row.note for one in found.rows if one.row.note]
    assert noted == ["Whoa.\n\nAgain."], "the review is the note of its day in the diary"
    assert found.files_aside == [
        ("profile.csv", "profile"),
        ("deleted/diary.csv", "deleted"),
        ("orphaned/ratings.csv", "orphaned"),
    ]


def test_imdb_ratings_are_ten_points_and_no_series() -> None:
    found = reading(exports.IMDB_RATINGS)
    assert found.source == "imdb"
    matrix, amelie = (placed.row for placed in found.rows)
    assert (matrix.half_stars, matrix.film.imdb_id) == (9, "tt0133093")
    assert (amelie.half_stars, amelie.film.title) == (10, "Amélie")
    assert found.aside == {"not-a-film": 1}


def test_an_imdb_watchlist_has_stars_where_they_were_given() -> None:
    alien, matrix, rated = rows(exports.IMDB_WATCHLIST, "WATCHLIST.csv")
    assert (alien.kind, matrix.kind, rated.kind) == ("watchlist", "watchlist", "rating")
    assert matrix.happened_at == datetime(2022, 1, 2, tzinfo=UTC)
    assert (rated.half_stars, rated.happened_at) == (9, datetime(2020, 5, 1, tzinfo=UTC))


def test_imdb_wrote_other_dates_once() -> None:
    old = exports.IMDB_WATCHLIST.replace(",2022-01-01,", ",Sat Jan  1 00:00:00 2022,", 1)
    assert rows(old)[0].happened_at == datetime(2022, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("content", "name"),
    [(exports.TRAKT_RATINGS, "ratings-movies.json"), (exports.TRAKT_CSV, "ratings.csv")],
)
def test_trakt_ratings(content: str, name: str) -> None:
    found = reading(content, name)
    assert found.source == "trakt"
    (placed,) = found.rows
    assert (placed.row.film.imdb_id, placed.row.film.tmdb_id) == ("tt0133093", 603)
    assert placed.row.half_stars == (8 if name.endswith("json") else 7)
    assert placed.row.happened_at is not None
    assert placed.row.happened_at.hour in (9, 13), "with the time of day"
    assert found.aside == {"not-a-film": 1}


def test_trakt_history_is_a_diary_and_what_has_no_day_is_seen() -> None:
    found = reading(exports.TRAKT_HISTORY, "history.json")
    said = [(one.row.kind, one.row.film.title, one.row.watched_on) for one in found.rows]
    assert said == [
        ("diary", "The Matrix", date(2021, 9, 3)),
        ("diary", "The Matrix", date(2019, 9, 3)),
        ("seen", "The Matrix", None),
    ]
    assert [one.row.rewatch for one in found.rows] == [True, False, False]
    assert found.aside == {"not-a-film": 1}


def test_trakt_zip_has_ratings_the_watchlist_films_watched_and_lists() -> None:
    found = reading(exports.TRAKT_ZIP, "trakt.zip")
    assert [(one.file, one.row.kind) for one in found.rows] == [
        ("ratings-movies.json", "rating"),
        ("watched-movies.json", "seen"),
        ("lists-watchlist.json", "watchlist"),
        ("lists-list-9-my-watchlist.json", "list"),
    ]
    assert [head.title for head in found.lists] == ["Faves"], "named by another file"


def test_movielens_export_has_three_ids_and_no_times() -> None:
    matrix, amelie = rows(exports.MOVIELENS_RATINGS, "movielens-ratings.csv")
    film = matrix.film
    assert (film.title, film.year) == ("The Matrix", 1999)
    assert (film.movielens_id, film.imdb_id, film.tmdb_id) == (2571, "tt0133093", 603)
    assert (matrix.half_stars, matrix.happened_at) == (9, None)
    assert amelie.film.title == "Amelie"
    (alien,) = rows(exports.MOVIELENS_WISHLIST, "movielens-wishlist.csv")
    assert (alien.kind, alien.film.movielens_id) == ("watchlist", 1214)


def test_movielens_dataset_of_one_person() -> None:
    matrix, _ = rows(exports.MOVIELENS_DATASET)
    assert matrix.film.movielens_id == 2571
    assert matrix.happened_at == datetime(2000, 7, 30, 18, 45, 3, tzinfo=UTC)


def test_line_ends_bom_case_and_order_of_columns_do_not_matter() -> None:
    content = "\ufeffRATING,Name ,Year,Date,Letterboxd URI\r\n4,Heat,1995,2020-01-01,x\r\n\r\n"
    (heat,) = rows(content)
    assert (heat.half_stars, heat.film.title) == (8, "Heat")

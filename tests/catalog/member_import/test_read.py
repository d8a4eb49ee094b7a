"""Which site a file is from, and what its rows say."""

import json
from collections import Counter
from datetime import UTC, date, datetime

import pytest

from catalog.member_import.formats.records import Reading, ReadRow
from catalog.member_import.read import read

from . import cases, exports


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


@pytest.mark.parametrize("name", cases.READ)
def test_files_as_people_have_them(name: str) -> None:
    found = reading(cases.case(name), cases.file_name(name))
    kinds = dict(Counter(str(one.row.kind) for one in found.rows))
    assert (found.source, kinds) == cases.READ[name]
    titles = " ".join(one.row.film.title for one in found.rows)
    assert "\ufffd" not in titles
    if name in ("I14-", "I15-", "I15b-", "I16-", "I16b-"):
        stars = {one.row.film.title: one.row.half_stars for one in found.rows}
        assert stars == {
            "Amélie": 9,
            "Léon: The Professional": 10,
            "Fargo": 8,
            "Pokémon: The First Movie": 5,
        }
    if name == "I08-":
        assert [one.row.half_stars for one in found.rows] == [8, 3, 10, 1]
    if name in ("I12-", "I13-"):
        assert [question.topic for question in found.questions] == ["use"]


SIMKL = {
    "movies": [
        {
            "last_watched_at": "2024-03-04T20:00:00Z",
            "user_rating": 8,
            "user_rated_at": "2024-03-05T20:00:00Z",
            "status": "completed",
            "movie": {"title": "Heat", "year": 1995, "ids": {"imdb": "tt0113277", "tmdb": "949"}},
        },
        {
            "added_to_watchlist_at": "2024-03-05T20:00:00Z",
            "user_rating": None,
            "status": "plantowatch",
            "movie": {"title": "Alien", "year": 1979, "ids": {"imdb": "tt0078748"}},
        },
    ],
    "shows": [{"status": "watching", "show": {"title": "Lost"}}],
}
RYOT = {
    "metadata": [
        {
            "lot": "movie",
            "source": "tmdb",
            "identifier": "949",
            "source_id": "Heat",
            "seen_history": [
                {"ended_on": "2024-03-04", "progress": "100"},
                {"ended_on": None, "progress": "30"},
            ],
            "reviews": [{"rating": "90", "review": {"text": "Great.", "date": "2024-03-05"}}],
            "collections": ["Watchlist", "Crime", "Completed"],
        },
        {"lot": "show", "source": "tmdb", "identifier": "1", "seen_history": [], "reviews": []},
    ],
    "workouts": [{"name": "Run"}],
}
YAMTRACK = """\
media_id,source,media_type,title,image,season_number,episode_number,score,status,notes,start_date,end_date,progress
949,tmdb,movie,Heat,x,,,9.0,Completed,Loud.,,2024-03-04 20:00:00+00:00,1
348,tmdb,movie,Alien,x,,,,Planning,,,,0
7,tmdb,tv,Lost,x,,,8.0,Completed,,,,1
"""


@pytest.mark.parametrize(
    ("content", "name", "source", "said"),
    [
        (
            json.dumps(SIMKL),
            "SimklBackup.json",
            "simkl",
            [("diary", "Heat", 8), ("rating", "Heat", 8), ("watchlist", "Alien", None)],
        ),
        (
            "SIMKL_ID,Title,Type,Year,Watchlist,LastEpWatched,WatchedDate,Rating,Memo,TVDB,TMDB,IMDB\n"
            "1,Heat,movie,1995,completed,,2024-03-04,8,,,949,tt0113277\n2,Lost,tv,2004,,,,,,,,\n",
            "SimklBackup.csv",
            "simkl",
            [("diary", "Heat", 8), ("rating", "Heat", 8)],
        ),
        (
            json.dumps(RYOT),
            "export.json",
            "ryot",
            [
                ("diary", "Heat", None),
                ("rating", "Heat", 9),
                ("list", "Heat", None),
                ("watchlist", "Heat", None),
                ("list", "Heat", None),
            ],
        ),
        (
            YAMTRACK,
            "yamtrack.csv",
            "yamtrack",
            [("diary", "Heat", 9), ("rating", "Heat", 9), ("watchlist", "Alien", None)],
        ),
        (
            "title,year,tmdbId,imdbId,userRating\nHeat,1995,949,tt0113277,7\n",
            "export-ratings.csv",
            "movary",
            [("rating", "Heat", 7)],
        ),
        (
            "title,year,tmdbId,imdbId,watchedAt,comment\nHeat,1995,949,,2024-03-04,Loud.\n"
            "Alien,1979,348,,,\n",
            "export-history.csv",
            "movary",
            [("diary", "Heat", None), ("seen", "Alien", None)],
        ),
        (
            "title,year,tmdbId,imdbId,addedAt\nHeat,949,tt0113277,2024-03-04\n",
            "export-watchlist.csv",
            "movary",
            [("watchlist", "Heat", None)],
        ),
        (
            "TMDb ID,IMDb ID,Type,Name,Release Date,Season Number,Episode Number,Rating,"
            "Your Rating,Date Rated\n949,tt0113277,movie,Heat,1995-12-15T00:00:00Z,,,7.9,,\n",
            "favorites.csv",
            "tmdb",
            [("list", "Heat", None)],
        ),
        (
            "datetime,login_id,action_type,log_json\n"
            '2020-10-29 00:17:08.0,x,rating,"{""movieId"":6,""rating"":4.0}"\n'
            '2020-10-29 00:17:09.0,x,page-view,"{}"\n',
            "movielens-log.csv",
            "movielens",
            [("rating", "", 8)],
        ),
        (
            "imdbID,Rating\ntt0113277,4.5\n",
            "letterboxd-import.csv",
            "letterboxd",
            [("rating", "", 9)],
        ),
    ],
)
def test_other_sites(
    content: str, name: str, source: str, said: list[tuple[str, str, int | None]]
) -> None:
    found = reading(content, name)
    assert found.source == source
    assert not found.problems, found.problems
    assert [(one.row.kind, one.row.film.title, one.row.half_stars) for one in found.rows] == said


def test_ryots_collections_and_reviews_are_lists() -> None:
    found = reading(json.dumps(RYOT), "export.json")
    assert [head.title for head in found.lists] == ["Reviews", "Crime"]
    assert [one.row.note for one in found.rows if one.row.note] == ["Great."]
    assert found.aside == {"not-a-film": 1}
    assert found.files_aside == [("ryot workouts", "unknown-file")]


def test_movielens_ratings_get_their_times_from_the_log() -> None:
    log = (
        "datetime,login_id,action_type,log_json\n"
        '2020-10-29 00:17:08.0,x,rating,"{""movieId"":2571,""rating"":4.5}"\n'
    )
    found = reading(
        exports.zipped({"ratings.csv": exports.MOVIELENS_RATINGS, "log.csv": log}), "ml.zip"
    )
    (matrix,) = [one.row for one in found.rows if one.row.film.title == "The Matrix"]
    assert matrix.happened_at == datetime(2020, 10, 29, 0, 17, 8, tzinfo=UTC)


def test_two_films_of_one_name_keep_their_ids() -> None:
    found = reading(
        "Title,Year,imdbID,Rating10\nCrash,1996,tt0000001,8\nCrash,1996,tt0000002,6\nCrash,1996,,4\n"
    )
    ids = [one.row.film.imdb_id for one in found.rows]
    assert ids == ["tt0000001", "tt0000002", None], "the third one may be either"


def test_a_list_of_too_many_films_goes_on_in_another() -> None:
    rows = "".join(f"{n},Film {n},2000,https://boxd.it/{n},\n" for n in range(1, 1203))
    head = "Letterboxd list export v7\nDate,Name,Tags,URL,Description\n2024-02-03,Much,,u,\n\n"
    found = reading(f"{head}Position,Name,Year,URL,Description\n{rows}", "much.csv")
    assert [one.title for one in found.lists] == ["Much", "Much (2)"]
    last = found.rows[-1].row
    assert (last.list_number, last.place) == (1, 201)

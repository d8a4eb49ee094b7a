"""Generated exports of each source, in any order, with doubles and missing cells."""

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.folding import fold
from catalog.member_import.formats.records import FileRefusedError
from catalog.member_import.messages import FILES
from catalog.member_import.read import read

from .exports import zipped

FILMS = [
    ("Heat", 1995, "tt0113277", 949),
    ("Crash", 1996, "tt0115964", 884),
    ("Crash", 2004, "tt0375679", 1640),
    ("Amélie", 2001, "tt0211915", 194),
    ('8½, "or" so; it\nseems', 1963, "tt0056801", 422),
]
films = st.sampled_from(FILMS)
half_stars = st.integers(1, 10)
days = st.dates(min_value=date(1990, 1, 1), max_value=date(2024, 12, 31))
entries = st.lists(st.tuples(films, half_stars, days, st.booleans()), min_size=1, max_size=25)
QUICK = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def table(header: str, rows: list[list[object]], separator: str = ",") -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return text.getvalue()


def trakt(film: tuple[Any, ...], blank: bool, **values: object) -> dict[str, object]:
    title, year, imdb, tmdb = film
    ids = {"trakt": 1, "imdb": None if blank else imdb, "tmdb": tmdb}
    return {"type": "movie", "movie": {"title": title, "year": year, "ids": ids}, **values}


def letterboxd(rows: list[Any]) -> tuple[str, bytes]:
    header = "Date,Name,Year,Letterboxd URI,Rating"
    found = [[day, f[0], f[1], f"https://boxd.it/{f[3]}", s / 2] for f, s, day, _ in rows]
    return "letterboxd.zip", zipped({"x/ratings.csv": table(header, found)})


def imdb(rows: list[Any]) -> tuple[str, bytes]:
    header = "Const,Your Rating,Date Rated,Title,Year,Title Type"
    found = [[f[2], s, day, f[0], "" if b else f[1], "Movie"] for f, s, day, b in rows]
    return "ratings.csv", table(header, found, ";").encode("utf-16")


def trakt_ratings(rows: list[Any]) -> tuple[str, bytes]:
    found = [trakt(f, b, rated_at=f"{day}T10:00:00.000Z", rating=s) for f, s, day, b in rows]
    half = len(found) // 2
    return "t.zip", zipped(
        {
            "ratings-movies-1.json": json.dumps(found[:half]),
            "ratings-movies-2.json": json.dumps(found[half:]),
        }
    )


def tmdb(rows: list[Any]) -> tuple[str, bytes]:
    header = "TMDb ID,IMDb ID,Type,Name,Release Date,Rating,Your Rating,Date Rated"
    found = [
        [f[3], "" if b else f[2], "movie", f[0], f"{f[1]}-01-01", 5.5, s, day]
        for f, s, day, b in rows
    ]
    return "ratings.csv", table(header, found).encode()


def movary(rows: list[Any]) -> tuple[str, bytes]:
    found = [[f[0], "" if b else f[1], f[3], f[2], s] for f, s, _, b in rows]
    return "r.csv", table("title,year,tmdbId,imdbId,userRating", found).encode()


def yamtrack(rows: list[Any]) -> tuple[str, bytes]:
    header = "media_id,source,media_type,title,score,status,notes,start_date,end_date"
    found = [[f[3], "tmdb", "movie", f[0], s, "Completed", "", "", ""] for f, s, _, _ in rows]
    return "y.csv", table(header, found).encode()


def simkl(rows: list[Any]) -> tuple[str, bytes]:
    found = [
        {
            "status": "completed",
            "user_rating": s,
            "last_watched_at": None,
            "movie": {"title": f[0], "year": f[1], "ids": {"imdb": f[2], "tmdb": str(f[3])}},
        }
        for f, s, _, _ in rows
    ]
    return "SimklBackup.json", json.dumps({"shows": [], "movies": found}).encode()


def ryot(rows: list[Any]) -> tuple[str, bytes]:
    found = [
        {"lot": "movie", "source": "tmdb", "identifier": str(f[3]), "source_id": f[0],
         "seen_history": [], "collections": [], "reviews": [{"rating": str(s * 10)}]}
        for f, s, _, _ in rows
    ]  # fmt: skip
    return "ryot.json", json.dumps({"metadata": found}).encode()


def movielens(rows: list[Any]) -> tuple[str, bytes]:
    header = "movie_id,imdb_id,tmdb_id,rating,average_rating,title"
    found = [[f[3], f[2][2:], f[3], s / 2, 3.5, f"{f[0]} ({f[1]})"] for f, s, _, _ in rows]
    return "movielens-ratings.csv", table(header, found).encode()


def letterboxd_import(rows: list[Any]) -> tuple[str, bytes]:
    found = [[f[0], f[1], "" if b else f[2], f[3], s] for f, s, _, b in rows]
    return "import.csv", table("Title,Year,imdbID,tmdbID,Rating10", found, "\t").encode("cp1252")


def own_table(rows: list[Any]) -> tuple[str, bytes]:
    found = [[f[0], f[1], f"{s},0", f[2]] for f, s, _, _ in rows] + [["Alien", 1979, "10,0", ""]]
    return "films.csv", table("Film,Jahr,Bewertung,IMDb", found, ";").encode("utf-8-sig")


SOURCES = (letterboxd, imdb, trakt_ratings, tmdb, movary, yamtrack, simkl, ryot, movielens,
           letterboxd_import, own_table)  # fmt: skip


@pytest.mark.parametrize("source", SOURCES, ids=lambda one: one.__name__)
@QUICK
@given(rows=entries)
def test_nothing_is_lost_and_no_id_changes_hands(
    source: Callable[[list[Any]], tuple[str, bytes]], rows: list[Any]
) -> None:
    name, content = source(rows)
    reading = read(name, content)
    assert reading.problem_count == 0, reading.problems
    found = [
        (placed.row.film, placed.row.half_stars)
        for placed in reading.rows
        if placed.row.kind == "rating" and placed.row.film.title != "Alien"
    ]
    assert [stars for _, stars in found] == [stars for _, stars, _, _ in rows], "each, in order"
    for (film, _stars), (meant, *_) in zip(found, rows, strict=True):
        title, year, imdb_id, tmdb_id = meant
        assert film.imdb_id in (None, imdb_id)
        assert film.tmdb_id in (None, tmdb_id)
        assert film.year in (None, year)
        assert not film.title or fold(film.title) == fold(title)


@QUICK
@given(rows=entries, again=st.integers(1, 3))
def test_a_viewing_told_by_several_files_is_one(rows: list[Any], again: int) -> None:
    header = "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date"
    diary = [[day, f[0], f[1], "u", s / 2, "", "", day] for f, s, day, _ in rows] * again
    review = [[day, f[0], f[1], "u", s / 2, "", f"Said {s}", "", day] for f, s, day, _ in rows]
    content = zipped(
        {
            "reviews.csv": table(header.replace("Tags", "Review,Tags"), review),
            "diary.csv": table(header, diary),
        }
    )
    reading = read("letterboxd.zip", content)
    diary_rows = [placed.row for placed in reading.rows if placed.row.kind == "diary"]
    assert len(diary_rows) == len(diary)
    viewings = {(row.film.title, row.film.year, row.watched_on): row.note for row in diary_rows}
    assert len(viewings) == len({(f[0], f[1], day) for f, _, day, _ in rows})
    assert all(note.startswith("Said ") for note in viewings.values()), "each has its review"


@QUICK
@given(content=st.binary(max_size=400), name=st.sampled_from(["a.csv", "b.json", "c.zip"]))
def test_whatever_is_uploaded_is_read_or_refused(content: bytes, name: str) -> None:
    codes = set()
    for prefix in (b"", b"PK\x03\x04", b"Date,Name,Year,Letterboxd URI,Rating\n", b"[{"):
        try:
            read(name, prefix + content)
        except FileRefusedError as error:
            codes.add(error.code)
    assert codes <= set(FILES), "and can be said in words"

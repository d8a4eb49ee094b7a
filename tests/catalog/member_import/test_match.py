"""Which films the rows of a file mean."""

import pytest
from django.contrib.auth.models import AbstractUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.member_import import match
from catalog.member_import.decide import decide
from catalog.member_import.worker import work
from catalog.models import ImportRow, MemberImport, Movie

from . import cases, exports
from .conftest import Load, film, outcomes

HEADER = "Date,Name,Year,Letterboxd URI,Rating\n"


def matched(job: MemberImport) -> dict[str, tuple[str, str]]:
    """Film and how it was told, by the title in the file."""
    rows = job.rows.select_related("movie")
    return {row.title: (row.movie.title, row.matched_by) for row in rows if row.movie}


def test_letterboxd_by_title_and_year(load: Load, cinema: list[Movie]) -> None:
    job = load(exports.LETTERBOXD_ZIP, "letterboxd.zip")
    assert (job.source, job.state) == ("letterboxd", "preview")
    assert set(outcomes(job).values()) == {"new", "repeated"}
    assert {by for _, by in matched(job).values()} == {"title"}
    assert not job.pieces.exists(), "what has been read is not kept"


@pytest.mark.parametrize(
    ("name", "year", "how"),
    [
        ("the matrix", 1999, ("The Matrix", "title")),
        ("THE  MATRIX!", 1999, ("The Matrix", "title")),
        ("The Matrix", 2000, ("The Matrix", "near-year")),
        ("The Matrix", 1998, ("The Matrix", "near-year")),
        ("The Matrix", 2001, None),
        ("Matrix", 1999, ("The Matrix", "alike")),
        ("Le fabuleux destin d’Amelie Poulain", 2001, ("Amélie", "title")),
        ("Amelie", 2001, ("Amélie", "title")),
        ("卧虎藏龙", 2000, ("Crouching Tiger, Hidden Dragon", "title")),
        ("Crouching Tiger Hidden Dragon", "", ("Crouching Tiger, Hidden Dragon", "title")),
    ],
)
def test_titles(
    load: Load, cinema: list[Movie], name: str, year: object, how: tuple[str, str] | None
) -> None:
    job = load(f'{HEADER}2020-01-01,"{name}",{year},x,4\n')
    assert next(iter(matched(job).values()), None) == how


def test_of_two_films_of_one_name_a_person_chooses(load: Load, db: None) -> None:
    first, second = film("Crash", 1996), film("Crash", 1996)
    job = load(f"{HEADER}2020-01-01,Crash,1996,x,4\n2020-01-01,Crash,1997,x,4\n")
    assert set(outcomes(job).values()) == {"unmatched"}
    for row in job.rows.all():
        assert set(row.suggestions) == {first.pk, second.pk}


def test_the_very_year_comes_before_one_nearby(load: Load, db: None) -> None:
    film("Hamlet", 1990)
    exact = film("Hamlet", 1991)
    job = load(f"{HEADER}2020-01-01,Hamlet,1991,x,4\n")
    assert [row.movie for row in job.rows.all()] == [exact]
    film("Hamlet", 1991)
    job = load(f"{HEADER}2020-01-01,Hamlet,1991,x,4\n")
    assert [row.movie for row in job.rows.all()] == [None], "nor instead of two of that year"


@pytest.mark.parametrize(
    ("content", "name", "by"),
    [
        (exports.IMDB_RATINGS, "ratings.csv", "imdb"),
        (exports.TRAKT_RATINGS, "ratings-movies.json", "imdb"),
        (exports.TRAKT_RATINGS.replace("tt0133093", "tt9999999"), "ratings.json", "tmdb"),
        (exports.MOVIELENS_RATINGS, "movielens-ratings.csv", "imdb"),
        (exports.MOVIELENS_DATASET, "ratings.csv", "movielens"),
    ],
)
def test_ids_come_first(load: Load, cinema: list[Movie], content: str, name: str, by: str) -> None:
    Movie.objects.update(title="Another title")
    job = load(content, name)
    assert {row.matched_by for row in job.rows.all()} == {by}
    assert cinema[0].pk in [row.movie_id for row in job.rows.all()]


def test_of_films_that_share_an_id_the_most_rated_is_meant(load: Load, matrix: Movie) -> None:
    twin = film("The Matrix (copy)", 1999, imdb_id="tt0133093")
    Movie.objects.filter(pk=twin.pk).update(rating_count=9, half_star_sum=50)
    job = load(exports.IMDB_RATINGS)
    assert twin.pk in [row.movie_id for row in job.rows.all()]


def test_near_misses_are_suggested(load: Load, cinema: list[Movie]) -> None:
    job = load(f"{HEADER}2020-01-01,Teh Matrix,1999,x,4\n2020-01-01,Zzyzx,2010,x,4\n")
    misspelt, unknown = job.rows.all()
    assert misspelt.suggestions[0] == cinema[0].pk
    assert unknown.suggestions == []


def test_suggestions_have_a_bound(
    load: Load, cinema: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(match, "MOST_SUGGESTED", 2)
    job = load(HEADER + "".join(f"2020-01-01,Matrix {n},2010,x,4\n" for n in range(9)))
    assert sum(bool(row.suggestions) for row in job.rows.all()) == 2


def test_queries_do_not_grow_with_the_file(load: Load, films: list[Movie]) -> None:
    def queries(number: int) -> int:
        rows = "".join(f"2020-01-01,{m.title},{m.year},x,4\n" for m in films[:number])
        with CaptureQueriesContext(
            connection,
        ) as captured:
            job = load(HEADER + rows)
        assert set(outcomes(job).values()) == {"new"}
        job.delete()
        return len(captured)

    assert queries(60) == queries(3)


def test_a_chosen_film_counts_for_all_rows_of_that_name(
    load: Load, cinema: list[Movie], ada: AbstractUser
) -> None:
    renamed = exports.LETTERBOXD_DIARY.replace("Alien", "Alien the Film")
    job = load(renamed, "diary.csv")
    rows = [row for row in job.rows.all() if row.title == "Alien the Film"]
    assert [row.outcome for row in rows] == ["unmatched", "unmatched"]
    assert decide(job, {f"row-{rows[0].pk}": f"film-{cinema[2].pk}"}) == [rows[0].pk]
    rows = list(job.rows.filter(title="Alien the Film"))
    assert {(row.movie_id, row.matched_by) for row in rows} == {(cinema[2].pk, "by-hand")}
    assert [row.outcome for row in rows] == ["new", "new"]


def test_decisions_that_make_no_sense_change_nothing(load: Load, cinema: list[Movie]) -> None:
    job, other = load(exports.LETTERBOXD_RATINGS), load(exports.IMDB_RATINGS)
    before = outcomes(job), list(other.rows.values_list("movie_id", "left_out"))
    first = job.rows.first()
    assert first is not None
    fields = {
        f"row-{first.pk}": "film-999999999",
        f"row-{other.rows.first().pk}": "left-out",  # type: ignore[union-attr]
        "row-": "left-out",
        "row-99999999999999999999": "left-out",
        "other": "left-out",
    }
    decide(job, fields)
    decide(job, {f"row-{first.pk}": "<script>"})
    assert (outcomes(job), list(other.rows.values_list("movie_id", "left_out"))) == before


def test_a_film_that_is_wrong_can_be_put_right_or_left_out(load: Load, cinema: list[Movie]) -> None:
    job = load(exports.LETTERBOXD_RATINGS)
    row = job.rows.get(title="The Matrix")
    decide(job, {f"row-{row.pk}": "wrong"})
    row.refresh_from_db()
    assert (row.movie, row.outcome) == (None, "unmatched")
    assert cinema[0].pk in row.suggestions
    for value, outcome in (("left-out", "left-out"), ("taken-in", "unmatched")):
        decide(job, {f"row-{row.pk}": value})
        assert ImportRow.objects.get(pk=row.pk).outcome == outcome


def test_a_file_in_which_no_row_makes_sense_has_a_preview_of_that(load: Load, db: None) -> None:
    job = load(f"{HEADER}2020-01-01,Alien,x,x,4\n")
    assert job.state == "preview"
    assert job.report["problem_count"] == 1


def test_a_broken_file_is_refused_with_the_reason(load: Load, db: None) -> None:
    job = load(f'{HEADER}2020-01-01,"Alien,1979,x,4\n')
    assert job.state == "refused"
    assert job.report["refusal"] == {"code": "broken-table", "values": {"line": 2}}
    assert not job.pieces.exists()
    work(job.pk)
    assert MemberImport.objects.get(pk=job.pk).state == "refused", "and not tried again"


# Films that the forms in I31 mean, as The Movies Dataset has them.
I31 = [
    ("The Naked Gun 33⅓: The Final Insult", 1994, ""),
    ("Cats & Dogs", 2001, ""),
    ("Willy Wonka & the Chocolate Factory", 1971, ""),
    ("Schindler's List", 1993, ""),
    ("8½", 1963, ""),
    ("WALL·E", 2008, ""),
    ("Star Wars", 1977, ""),
    ("Se7en", 1995, ""),
    ("Twelve Monkeys", 1995, ""),
    ("The Matrix", 1999, ""),
    ("Mission: Impossible", 1996, ""),
    ("E.T. the Extra-Terrestrial", 1982, ""),
    ("Leon: The Professional", 1994, "Léon"),
    ("Crouching Tiger, Hidden Dragon", 2000, "卧虎藏龙"),
    ("Spider-Man", 2002, ""),
    ("Ocean's Eleven", 2001, ""),
    ("Spirited Away", 2001, "千と千尋の神隠し"),
    ("Amélie", 2001, "Le Fabuleux Destin d'Amélie Poulain"),
    ("Birdman", 2014, ""),
    ("Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb", 1964, ""),
    ("Fargo", 1996, ""),
    ("The Godfather", 1972, ""),
    ("Harry Potter and the Philosopher's Stone", 2001, ""),
    ("The Lord of the Rings: The Two Towers", 2002, ""),
    ("MASH", 1970, ""),
    ("Kill Bill: Vol. 1", 2003, ""),
    ("Rocky II", 1979, ""),
    ("Face/Off", 1997, ""),
    ("Monsters, Inc.", 2001, ""),
    ("Star Wars: Episode I - The Phantom Menace", 1999, ""),
    ("Star Trek IV: The Voyage Home", 1986, ""),
    ("Harry Potter and the Chamber of Secrets", 2002, ""),
]


def test_titles_as_people_write_them_are_found_or_offered_first(load: Load, db: None) -> None:
    films = {film(title, year, original).pk for title, year, original in I31}
    job = load(cases.case("I31-"), "I31-titles.csv")
    years = dict(Movie.objects.values_list("pk", "year"))
    missed = [
        row.title
        for row in job.rows.all()
        if (row.movie_id or next(iter(row.suggestions), None)) not in films
        or years[row.movie_id or row.suggestions[0]] != row.year
    ]
    assert job.rows.count() == 51
    assert missed == []


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("Spider-Man", "Spiderman"),
        ("Non-Stop", "NonStop"),
        ("U-571", "U571"),
        ("A.C.O.D.", "A C O D"),
        ("L.I.E.", "L I E"),
        ("Catch.44", "Catch 44"),
    ],
)
def test_words_may_be_joined_or_taken_apart(load: Load, db: None, title: str, written: str) -> None:
    meant = film(title, 2000)
    film("2:22", 2000)
    job = load(f"Title,Year,Rating10\n{written},2000,8\n222,2000,8\n")
    assert [row.movie for row in job.rows.all()] == [meant, None]


def test_a_title_alike_in_the_very_year_makes_that_of_the_next_year_unsure(
    load: Load, db: None
) -> None:
    american, uruguayan = film("Silent House", 2011), film("The Silent House", 2010)
    film("Villain", 2010, imdb_id="tt1542840")
    film("The Villain", 2009, imdb_id="tt0000007")
    job = load(
        "imdbID,Title,Year,Rating10\n,Silent House,2010,8\n,Silent House,2012,8\n"
        "tt0000008,Villain,2009,8\n"
    )
    first, second, third = job.rows.all()
    assert (first.movie, first.suggestions) == (None, [uruguayan.pk, american.pk])
    assert second.movie == american
    assert third.movie is None


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("tt0000009,,Parasite,2019", False),
        (",99,Parasite,2019", False),
        (",,Parasite,2019", True),
        ("tt6751668,,Something else,1950", True),
        (",496243,기생충,", True),
        ("tt6751668,99,Parasite,2019", True),
        ("tt0000009,,The Parasite,2019", False),
        ("tt0000009,,Parasite,2018", False),
        ("tt0000009,,Parasite,", False),
    ],
)
def test_a_title_never_counts_against_an_id(load: Load, db: None, row: str, found: bool) -> None:
    parasite = film("Parasite", 2019, imdb_id="tt6751668", tmdb_id=496243)
    job = load(f"imdbID,tmdbID,Title,Year,Rating10\n{row},8\n")
    assert {one.movie for one in job.rows.all()} == {parasite if found else None}


@pytest.mark.parametrize("columns", ["imdbID", "tmdbID", "LetterboxdURI"])
def test_two_rows_of_one_name_with_different_ids_are_two_films(
    load: Load, db: None, columns: str
) -> None:
    crash = film("Crash", 1996)
    ids = {
        "imdbID": ("tt0000001", "tt0000002"),
        "tmdbID": ("1", "2"),
        "LetterboxdURI": ("https://boxd.it/1a", "https://boxd.it/2a"),
    }[columns]
    rows = "".join(f"{one},Crash,1996,8\n" for one in ids)
    job = load(f"{columns},Title,Year,Rating10\n{rows}")
    assert [row.movie for row in job.rows.all()] == [None, None]
    assert all(row.suggestions == [crash.pk] for row in job.rows.all()), "left to choose"


def test_ids_that_mean_two_films_are_left_to_choose(load: Load, db: None) -> None:
    first, second = film("One", 2000, imdb_id="tt0000001", tmdb_id=1), film("Two", 2001, tmdb_id=2)
    job = load("imdbID,tmdbID,Title,Year,Rating10\ntt0000001,2,One,2000,8\n")
    row = job.rows.get()
    assert (row.movie, set(row.suggestions)) == (None, {first.pk, second.pk})

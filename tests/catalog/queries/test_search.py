"""Search and the titles that people type, on a small catalog and as MovieLens has them."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from catalog.dataset_import.load import import_dataset
from catalog.datasets.titles import parse_title
from catalog.folding import fold
from catalog.models import Genre, Link, Movie
from catalog.queries import search
from catalog.queries.search import Match, find, resolve_title, search_movies
from tests.catalog.dataset_files import movielens

FILMS = {
    "Heat (1995)": 50,
    "Heat (1986)": 2,
    "Heater, The (1999)": 90,
    "Dead Heat (1988)": 5,
    "Theater of Blood (1973)": 99,
    "Matrix, The (1999)": 200,
    "Matrix (1973)": 1,
    "Matrix Reloaded, The (2003)": 90,
    "Spider-Man (2002)": 80,
    "Schindler's List (1993)": 150,
    "M*A*S*H (1970)": 30,
    "Amelie (Fabuleux destin d'Amélie Poulain, Le) (2001)": 70,
    "Star Wars: Episode IV - A New Hope (1977)": 291,
    "Star Wars: Episode V - The Empire Strikes Back (1980)": 234,
    "Starship Troopers (1997)": 300,
    "Blade Runner (1982)": 120,
    "1984 (1956)": 3,
    "Class of 1984 (1982)": 9,
    "100% Wolf (2020)": 1,
    "Shawshank Redemption, The (1994)": 311,
    "M (1931)": 40,
}


@pytest.fixture
def films(db: None) -> None:
    for text, popularity in FILMS.items():
        title, original, year = parse_title(text)
        Movie.objects.create(title=title, original_title=original, year=year, vote_count=popularity)


def titles(query: str, **options: object) -> list[str]:
    return [str(movie) for movie in search_movies(query, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Amélie", "amelie"),
        ("WALL·E", "wall e"),
        ("Schindler’s List", "schindlers list"),
        ("M*A*S*H", "mash"),
        ("L.A. Confidential", "la confidential"),
        ("Fast & Furious", "fast and furious"),
        ("Alien³", "alien3"),
        ("Æon Flux", "aeon flux"),
        ("Die Straße", "die strasse"),
        ("???", "???"),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(folded) == folded


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("heat", "Heat (1995)"),
        ("HEAT 1986", "Heat (1986)"),
        ("heat (1986)", "Heat (1986)"),
        ("heat 1987", "Heat (1986)"),
        ("matrix", "The Matrix (1999)"),
        ("the matrix", "The Matrix (1999)"),
        ("Matrix, The (1999)", "The Matrix (1999)"),
        ("matrix 1973", "Matrix (1973)"),
        ("spiderman", "Spider-Man (2002)"),
        ("spider man", "Spider-Man (2002)"),
        ("schindlers list", "Schindler's List (1993)"),
        ("mash", "M*A*S*H (1970)"),
        ("amélie", "Amelie (2001)"),
        ("fabuleux destin", "Amelie (2001)"),
        ("star wars", "Star Wars: Episode IV - A New Hope (1977)"),
        ("empire strikes", "Star Wars: Episode V - The Empire Strikes Back (1980)"),
        ("starsh", "Starship Troopers (1997)"),
        ("1984", "1984 (1956)"),
        ("shawshenk redemtion", "The Shawshank Redemption (1994)"),
        ("100%", "100% Wolf (2020)"),
        ("m", "M (1931)"),
    ],
)
def test_the_first_film_found(films: None, query: str, first: str) -> None:
    assert titles(query)[0] == first


def test_exact_titles_come_before_beginnings_and_those_before_parts(films: None) -> None:
    found = titles("heat")
    assert found == ["Heat (1995)", "Heat (1986)", "The Heater (1999)", "Dead Heat (1988)"]


def test_letters_inside_words_count_only_where_nothing_else_does(films: None) -> None:
    first = find("eater of blo", limit=5)[0]
    assert (first.movie.title, first.match) == ("Theater of Blood", Match.HAS_LETTERS)
    assert "Theater of Blood (1973)" not in titles("heat")


@pytest.mark.parametrize("query", ["", "   ", "zzzz qqqq", "_", "\x00", "' OR 1=1 --"])
def test_nothing_is_found_without_a_fuss(films: None, query: str) -> None:
    assert titles(query) == []


def test_percent_and_underscore_are_letters_like_others(films: None) -> None:
    assert titles("%") == titles("_") == []


def _rated(text: str, times: int, **links: object) -> Movie:
    title, original, year = parse_title(text)
    movie = Movie.objects.create(
        title=title,
        original_title=original,
        year=year,
        rating_count=times,
        half_star_sum=times * 7,
    )
    if links:
        Link.objects.create(movie=movie, **links)
    return movie


@pytest.mark.parametrize(
    "text",
    [
        "tt0133093",
        "TT0133093",
        " 603 ",
        "tmdb 603",
        "https://www.imdb.com/title/tt0133093/?ref_=nv_sr_1",
        "imdb.com/title/tt0133093",
        "https://m.imdb.com/de/title/tt0133093/",
        "https://www.themoviedb.org/movie/603-the-matrix?language=de",
        "themoviedb.org/movie/603",
        "https://letterboxd.com/film/the-matrix/",
        "letterboxd.com/film/the-matrix-1999/",
        "https://letterboxd.com/ada/film/the-matrix/",
        "https://letterboxd.com/tmdb/603/",
        "https://letterboxd.com/imdb/tt0133093",
    ],
)
def test_ids_and_addresses_find_the_film(films: None, text: str) -> None:
    movie = Movie.objects.get(title="The Matrix")
    Link.objects.create(movie=movie, imdb_id="tt0133093", tmdb_id=603)
    assert titles(text)[0] == "The Matrix (1999)"


def test_a_number_that_is_a_title_is_that_first(films: None) -> None:
    _rated("300 (2006)", 9)
    _rated("Another (2000)", 20, tmdb_id=300)
    assert titles("300") == ["300 (2006)", "Another (2000)"]


def test_an_id_of_no_film_here_finds_nothing(films: None) -> None:
    assert titles("tt9999999") == titles("https://www.themoviedb.org/movie/99") == []


def test_a_year_alone_lists_the_year(films: None) -> None:
    assert titles("1999") == ["The Matrix (1999)", "The Heater (1999)"]
    assert titles("(1988)") == ["Dead Heat (1988)"]
    _rated("Big Brother (1984)", 4)
    found = titles("1984")
    assert found[:3] == ["1984 (1956)", "Big Brother (1984)", "Class of 1984 (1982)"]


@pytest.mark.parametrize("text", ["8 1/2", "8½", "8 ½", "8 1/2 1963"])
def test_a_fraction_is_found_however_it_is_written(films: None, text: str) -> None:
    _rated("8½ (1963)", 3)
    assert titles(text)[0] == "8½ (1963)"


def test_one_space_more_or_less_finds_the_film_that_many_know(films: None) -> None:
    _rated("Italian Spiderman (2007)", 2)
    _rated("Spiderman (1969)", 0)
    famous = _rated("Spider-Man (2004)", 80)
    assert titles("spiderman")[0] == str(famous)
    assert str(_rated("Batman Begins (2005)", 5)) in titles("bat man begins")[:1]


def test_films_that_nobody_has_rated_do_not_stand_first(films: None) -> None:
    _rated("Rocky (1948)", 0)
    known = _rated("Rocky Balboa (2006)", 40)
    assert titles("rocky") == [str(known), "Rocky (1948)"]
    found = resolve_title("Rocky")
    assert str(found.movie) == "Rocky (1948)", "who names a film means that very title"


def test_a_limit_and_a_narrower_catalog(films: None) -> None:
    assert len(titles("heat", limit=2)) == 2
    assert titles("heat", limit=0) == []
    genre = Genre.objects.create(name="Crime", slug="crime")
    Movie.objects.get(year=1986).genres.add(genre)
    assert titles("heat", within=Movie.objects.filter(genres=genre)) == ["Heat (1986)"]


def test_cards_need_no_further_query(films: None) -> None:
    found = search_movies("heat")
    with connection.execute_wrapper(lambda *_: pytest.fail("a query for a card")):
        assert [list(movie.genres.all()) for movie in found]


def test_without_trigrams_words_are_found_and_misspellings_are_not(
    films: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "has_trigrams", lambda: False)
    assert titles("star wars")[0] == "Star Wars: Episode IV - A New Hope (1977)"
    assert titles("shawshenk redemtion") == []


def test_an_exact_title_is_resolved(films: None) -> None:
    found = resolve_title("Heat")
    assert (str(found.movie), found.exact) == ("Heat (1995)", True)
    assert [str(movie) for movie in found.alternatives] == ["Heat (1986)"]
    assert found.ambiguous
    assert not resolve_title("Heat 1995").ambiguous


def test_a_beginning_is_resolved_and_said_to_be_one(films: None) -> None:
    found = resolve_title("Star Wars")
    assert (found.movie and found.movie.year, found.exact, found.ambiguous) == (1977, False, True)


def test_another_year_is_taken_and_not_exact(films: None) -> None:
    found = resolve_title("Blade Runner 2049")
    assert (str(found.movie), found.exact) == ("Blade Runner (1982)", False)


def test_an_unknown_title_is_not_resolved_but_answered(films: None) -> None:
    found = resolve_title("hated rooms")
    assert found.movie is None
    found = resolve_title("shindlers lost")
    assert found.movie is None
    assert [movie.title for movie in found.alternatives] == ["Schindler's List"]


# Ids, titles and numbers of ratings of MovieLens latest-small (2016), of the films that could be
# meant, and of others with words in common.
MEANT = {
    319: ("Shallow Grave (1994)", 38),
    3967: ("Billy Elliot (2000)", 43),
    4890: ("Shallow Hal (2001)", 23),
    5690: ("Grave of the Fireflies (Hotaru no haka) (1988)", 14),
    1791: ("Twilight (1998)", 4),
    63992: ("Twilight (2008)", 13),
    72407: ("Twilight Saga: New Moon, The (2009)", 2),
    78772: ("Twilight Saga: Eclipse, The (2010)", 2),
    26492: ("Twilight Zone: The Movie (1983)", 1),
    260: ("Star Wars: Episode IV - A New Hope (1977)", 291),
    1196: ("Star Wars: Episode V - The Empire Strikes Back (1980)", 234),
    2628: ("Star Wars: Episode I - The Phantom Menace (1999)", 138),
    61160: ("Star Wars: The Clone Wars (2008)", 3),
    79006: ("Empire of Dreams: The Story of the 'Star Wars' Trilogy (2004)", 1),
    4896: (
        "Harry Potter and the Sorcerer's Stone "
        "(a.k.a. Harry Potter and the Philosopher's Stone) (2001)",
        105,
    ),
    8368: ("Harry Potter and the Prisoner of Azkaban (2004)", 84),
    88125: ("Harry Potter and the Deathly Hallows: Part 2 (2011)", 34),
    2316: ("Practical Magic (1998)", 14),
}


@pytest.fixture(scope="module")
def catalog(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    folder = movielens(
        tmp_path_factory.mktemp("data") / "ml-latest-small",
        movies=[(number, title, "Drama") for number, (title, _) in MEANT.items()],
        links=[(number, number, number) for number in MEANT],
        ratings=[
            (rater, number, 4.0, 10**9)
            for number, (_, ratings) in MEANT.items()
            for rater in range(1, ratings + 1)
        ],
    )
    with django_db_blocker.unblock(), transaction.atomic():
        import_dataset(folder)
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("text", "movielens_id", "exact"),
    [
        ("Shallow Grave", 319, True),
        ("Twilight", 63992, True),
        ("Star Wars", 260, False),
        ("Harry Potter", 4896, False),
    ],
)
def test_the_titles_of_the_example(
    catalog: None, text: str, movielens_id: int, exact: bool
) -> None:
    found = resolve_title(text)
    assert found.movie is not None
    assert (found.movie.link.movielens_id, found.exact) == (movielens_id, exact)

"""Films that another program sends: found, completed or made; what an editor locked stays."""

import pytest

from catalog.models import Genre, Link, Movie, OutsideId
from catalog.services.outside_films import OutsideFilm, keys_of, upsert_films
from catalog.services.provenance import set_lock

pytestmark = pytest.mark.django_db


def film(external_id: str, title: str = "Alone", **values: object) -> OutsideFilm:
    genres, ids = values.pop("genres", None), values.pop("ids", {})
    return OutsideFilm(external_id, {"title": title, **values}, ids, genres)  # type: ignore[arg-type]


def test_films_are_made_once_and_then_changed() -> None:
    sent = [film("a", "Amélie", year=2001, genres=["Comedy", "Romance"]), film("b", "Brazil")]
    first = upsert_films("kodi", sent)
    assert first.created == {"a", "b"}
    again = upsert_films("kodi", sent)
    assert (again.created, again.changed) == (frozenset(), frozenset())
    assert again.films == first.films
    changed = upsert_films("kodi", [film("a", "Amélie", year=2002, genres=["Comedy"])])
    assert changed.changed == {"a"}
    amelie = Movie.objects.get(pk=first.films["a"])
    assert (amelie.year, [one.name for one in amelie.genres.all()]) == (2002, ["Comedy"])
    assert "amelie" in amelie.search_title
    assert Movie.objects.count() == 2


def test_a_film_is_found_by_the_ids_that_all_share() -> None:
    here = Movie.objects.create(title="Alone")
    Link.objects.create(movie=here, imdb_id="tt0000001")
    done = upsert_films("kodi", [film("x", ids={"imdb_id": "tt0000001", "tmdb_id": 7})])
    assert done.films == {"x": here.pk}
    assert done.created == frozenset()
    assert Link.objects.get().tmdb_id == 7, "what it has nowhere yet is completed"
    assert keys_of("kodi", ["x", "y"]) == {"x": here.pk}
    assert keys_of("plex", ["x"]) == {}, "each program has ids of its own"


def test_an_id_that_another_film_has_is_not_taken() -> None:
    Link.objects.create(movie=Movie.objects.create(title="Other"), movielens_id=5)
    made = upsert_films("kodi", [film("x")]).films["x"]
    found = upsert_films("kodi", [film("x", ids={"movielens_id": 5, "tmdb_id": 9})]).films["x"]
    assert found == made
    assert Link.objects.get(movie_id=made).movielens_id is None


def test_what_an_editor_locked_stays() -> None:
    key = upsert_films("kodi", [film("x", year=1999)]).films["x"]
    movie = Movie.objects.get(pk=key)
    for name in ("title", "genres"):
        set_lock(movie, name, locked=True)
    done = upsert_films("kodi", [film("x", "Together", year=2000, genres=["Drama"])])
    movie.refresh_from_db()
    assert (movie.title, movie.year) == ("Alone", 2000)
    assert not movie.genres.exists()
    assert done.changed == {"x"}


def test_of_what_is_sent_twice_the_last_counts() -> None:
    done = upsert_films("kodi", [film("x", "One"), film("x", "Two")])
    assert Movie.objects.get().title == "Two"
    assert list(done.films) == ["x"]


def test_of_two_ids_of_one_film_the_last_counts() -> None:
    same = {"imdb_id": "tt0000001"}
    upsert_films("kodi", [film("x", ids=same, genres=["Drama"])])
    two = [film("y", ids=same, genres=["Comedy"]), film("z", ids=same, genres=["Comedy", "Crime"])]
    done = upsert_films("kodi", two)
    assert (done.created, done.changed) == (frozenset(), {"y", "z"})
    genres = Movie.objects.get().genres.values_list("name", flat=True)
    assert set(genres) == {"Comedy", "Crime"}


def test_many_films_take_few_statements(django_assert_max_num_queries: object) -> None:
    many = [
        film(str(number), f"Film {number}", year=2000, genres=["Drama"], ids={"tmdb_id": number})
        for number in range(1, 301)
    ]
    with django_assert_max_num_queries(40):  # type: ignore[operator]
        upsert_films("kodi", many)
    assert OutsideId.objects.count() == 300
    assert Genre.objects.get().movies.count() == Link.objects.count() == 300

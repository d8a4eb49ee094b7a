"""One film by its key: hidden ones, and merged ones under their old keys."""

from pathlib import Path

import pytest
from django.contrib.auth.models import AbstractUser, Permission
from django.http import Http404
from django.test import Client

from catalog.dataset_import.load import import_dataset
from catalog.models import DiaryEntry, Link, Movie, MovieList, MovieListEntry, Rating, SeenMovie
from catalog.queries.film import open_film, surviving_keys
from catalog.queries.search import find, resolve_title
from catalog.services.film_merge import merge_films, undo_merge
from catalog.services.ratings import rate
from tests.catalog import dataset_files as files
from tests.markup import flat

pytestmark = pytest.mark.usefixtures("plain_static")


@pytest.fixture
def editor(db: None, django_user_model: type[AbstractUser]) -> AbstractUser:
    user = django_user_model.objects.create_user("ed", "ed@example.org", "secret", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="change_movie"))
    return user


@pytest.fixture
def withdrawn(amelie: Movie) -> Movie:
    Movie.objects.filter(pk=amelie.pk).update(hidden=True)
    amelie.refresh_from_db()
    return amelie


def test_a_hidden_film_is_there_for_editors_only(
    withdrawn: Movie, ada: AbstractUser, editor: AbstractUser
) -> None:
    with pytest.raises(Http404):
        open_film(withdrawn.pk, ada)
    assert open_film(withdrawn.pk, editor) == withdrawn


def test_the_page_of_a_hidden_film_is_gone(
    client: Client, withdrawn: Movie, editor: AbstractUser
) -> None:
    answer = client.get(withdrawn.get_absolute_url())
    assert answer.status_code == 410
    assert "withdrawn" in flat(answer)
    assert "Amélie" not in flat(answer)
    client.force_login(editor, "django.contrib.auth.backends.ModelBackend")
    answer = client.get(withdrawn.get_absolute_url())
    assert answer.status_code == 200
    assert "hidden from the site" in flat(answer)


def test_no_search_finds_a_hidden_film(client: Client, withdrawn: Movie) -> None:
    assert find("Amélie", limit=5) == []
    assert resolve_title("Amélie").movie is None
    for address in ("/movies/?q=amelie", "/movies/", "/search/?q=amelie"):
        assert "Amélie" not in flat(client.get(address)), address
    assert client.get("/api/v1/movies").json()["items"] == []
    assert client.get("/api/v1/movies?search=amelie").json()["items"] == []
    assert client.get(f"/api/v1/movies/{withdrawn.pk}").status_code == 404
    assert client.get(f"/api/v1/movies/{withdrawn.pk}/similar").status_code == 404


def test_the_series_on_another_films_page_passes_it_over(client: Client, withdrawn: Movie) -> None:
    other = Movie.objects.create(title="Sacré", collection=withdrawn.collection)
    assert "Amélie" not in flat(client.get(other.get_absolute_url()))


def test_a_members_own_pages_show_it_as_withdrawn(
    member: Client, ada: AbstractUser, withdrawn: Movie
) -> None:
    mine = MovieList.objects.create(user=ada, title="Mine", is_public=True)
    MovieListEntry.objects.create(list=mine, movie=withdrawn, position=0)
    Rating.objects.create(user=ada, movie=withdrawn, half_stars=8)
    DiaryEntry.objects.create(user=ada, movie=withdrawn, watched_on="2026-01-01")
    SeenMovie.objects.create(user=ada, movie=withdrawn)
    for address in ("/ratings/", "/diary/", "/seen/", mine.get_absolute_url()):
        shown = flat(member.get(address))
        assert "Amélie" in shown, address
        assert "Withdrawn" in shown, address


def test_others_lists_and_profiles_leave_it_out(
    client: Client, ada: AbstractUser, withdrawn: Movie
) -> None:
    mine = MovieList.objects.create(user=ada, title="Mine", is_public=True)
    MovieListEntry.objects.create(list=mine, movie=withdrawn, position=0)
    assert "Amélie" not in flat(client.get(mine.get_absolute_url()))
    assert MovieList.objects.with_sizes().get().size == 0


def test_it_cannot_be_rated_but_a_rating_can_be_taken_back(
    member: Client, ada: AbstractUser, withdrawn: Movie
) -> None:
    Rating.objects.create(user=ada, movie=withdrawn, half_stars=8)
    address = f"/movies/{withdrawn.pk}/rate/"
    assert member.post(address, {"rating": "3"}).status_code == 404
    assert Rating.objects.get().half_stars == 8
    assert member.post(address, {"rating": ""}).status_code == 302
    assert not Rating.objects.exists()


def test_the_old_address_of_a_merged_film_leads_to_the_other(client: Client, amelie: Movie) -> None:
    double = Movie.objects.create(title="Amelie", year=2001)
    old, key = double.get_absolute_url(), double.pk
    merge = merge_films(amelie, double, editor_id=None)
    answer = client.get(old)
    assert (answer.status_code, answer["Location"]) == (302, amelie.get_absolute_url())
    answer = client.get(f"/api/v1/movies/{key}", follow=True)
    assert answer.json()["id"] == amelie.pk
    undo_merge(merge)
    assert client.get(old).status_code == 200
    assert client.get(f"/api/v1/movies/{key}").json()["id"] == key


def test_what_is_said_under_an_old_key_is_said_of_the_other(
    member: Client, ada: AbstractUser, amelie: Movie
) -> None:
    double = Movie.objects.create(title="Amelie")
    key = double.pk
    merge_films(amelie, double, editor_id=None)
    assert member.post(f"/movies/{key}/rate/", {"rating": "4"}).status_code == 302
    assert Rating.objects.get().movie_id == amelie.pk


def test_shared_addresses_that_name_a_merged_film_mean_the_other(
    client: Client, amelie: Movie
) -> None:
    double = Movie.objects.create(title="Amelie")
    key = double.pk
    merge_films(amelie, double, editor_id=None)
    assert surviving_keys([key, 10**9]) == [amelie.pk, 10**9]
    answer = client.get(f"/watch-next/?movie={key}")
    assert [movie.pk for movie in answer.context["movies"]] == [amelie.pk]
    assert (
        client.post(
            "/api/v1/watch-next", {"movies": [key]}, content_type="application/json"
        ).status_code
        == 200
    )


def test_an_import_that_has_both_films_fills_the_one_that_stayed(db: None, tmp_path: Path) -> None:
    folder = files.movielens(
        tmp_path / "ml-1",
        ratings=[(1, 6, 5, 1), (2, 7, 3, 1), (1, 7, 1, 2)],
        movies=[(6, "Heat (1995)", "Crime"), (7, "Heat (1995)", "Drama")],
    )
    import_dataset(folder)
    kept, gone = (Link.objects.get(movielens_id=number).movie for number in (6, 7))
    merge_films(kept, gone, editor_id=None)
    assert not import_dataset(folder).changed
    rate(user_id=Rating.objects.latest("pk").user_id, movie=kept, half_stars=10)
    import_dataset(folder)
    assert Movie.objects.count() == 1
    assert sorted(Rating.objects.values_list("half_stars", flat=True)) == [2, 6]

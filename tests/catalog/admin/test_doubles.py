"""Doubles: found, compared, merged, or told apart."""

import pytest
from django.contrib.auth.models import AbstractUser
from django.test import Client

from catalog.models import DistinctFilms, FilmMerge, Link, Movie
from catalog.services.ratings import rate
from tests.markup import flat


@pytest.fixture
def pair(db: None) -> tuple[Movie, Movie]:
    one, two = (Movie.objects.create(title="Heat", year=1995) for _ in range(2))
    Link.objects.create(movie=two, imdb_id="tt0113277")
    return one, two


def both(pair: tuple[Movie, Movie]) -> dict[str, int]:
    return {"one": pair[0].pk, "other": pair[1].pk}


def test_the_list_leads_to_the_comparison(desk: Client, pair: tuple[Movie, Movie]) -> None:
    listed = flat(desk.get("/admin/catalog/movie/doubles/"))
    assert "same title and year" in listed
    address = f"/admin/catalog/movie/compare/?one={pair[0].pk}&amp;other={pair[1].pk}"
    assert address in listed
    shown = flat(desk.get(address.replace("&amp;", "&")))
    assert "tt0113277" in shown
    assert "Merge them" in shown


def test_the_film_with_more_ratings_is_proposed_to_stay(
    desk: Client, ada: AbstractUser, pair: tuple[Movie, Movie]
) -> None:
    rate(user_id=ada.pk, movie=pair[1], half_stars=8)
    answer = desk.get("/admin/catalog/movie/compare/", both(pair))
    assert answer.context["films"][0] == pair[1]


@pytest.mark.parametrize("stays", [0, 1])
def test_the_chosen_film_stays(desk: Client, pair: tuple[Movie, Movie], stays: int) -> None:
    answer = desk.post("/admin/catalog/movie/merge/", both(pair) | {"keep": pair[stays].pk})
    merge = FilmMerge.objects.get()
    assert (merge.kept_id, merge.gone_id) == (pair[stays].pk, pair[1 - stays].pk)
    assert merge.editor is not None
    assert answer["Location"] == f"/admin/catalog/filmmerge/{merge.pk}/change/"
    assert "Undo this merge" in flat(desk.get(answer["Location"]))
    assert "No two films look like one" in flat(desk.get("/admin/catalog/movie/doubles/"))


def test_two_films_that_are_different_are_not_shown_again(
    desk: Client, pair: tuple[Movie, Movie]
) -> None:
    desk.post("/admin/catalog/movie/distinct/", both(pair))
    assert DistinctFilms.objects.get().first_id == pair[0].pk
    assert "No two films look like one" in flat(desk.get("/admin/catalog/movie/doubles/"))


@pytest.mark.parametrize(
    "query", ["", "?one=1", "?one=x&other=2", "?one=1&other=1", "?one=1&other=9"]
)
def test_what_names_no_two_films_is_not_found(desk: Client, query: str) -> None:
    assert desk.get(f"/admin/catalog/movie/compare/{query}").status_code == 404


def test_two_selected_films_are_compared(desk: Client, pair: tuple[Movie, Movie]) -> None:
    keys = [film.pk for film in pair]
    chosen: dict[str, object] = {"action": "compare_selected", "_selected_action": keys}
    answer = desk.post("/admin/catalog/movie/", chosen)
    assert f"one={keys[0]}&other={keys[1]}" in answer["Location"]
    answer = desk.post(
        "/admin/catalog/movie/", chosen | {"_selected_action": keys[:1]}, follow=True
    )
    assert "Select the two films" in flat(answer)


def test_who_may_not_edit_films_may_not_merge_them(
    stranger: Client, pair: tuple[Movie, Movie]
) -> None:
    for name in ("merge", "distinct"):
        assert stranger.post(f"/admin/catalog/movie/{name}/", both(pair)).status_code == 403
    for name in ("doubles", "compare"):
        assert stranger.get(f"/admin/catalog/movie/{name}/", both(pair)).status_code == 403
    assert Movie.objects.count() == 2


def test_the_list_takes_a_fixed_number_of_queries(
    desk: Client, django_assert_max_num_queries: object
) -> None:
    for number in range(30):
        for _ in range(2):
            Movie.objects.create(title=f"Film {number}", year=2000)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        answer = desk.get("/admin/catalog/movie/doubles/")
    assert "Page 1 of 2" in flat(answer)

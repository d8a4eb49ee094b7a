"""The film list: what each filter leaves, in which order, and at what cost."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.forms.browse import SORTS
from catalog.models import Chart, ChartEntry, Keyword, Movie
from catalog.services.ratings import rate
from catalog.views import browse
from tests.markup import flat

pytestmark = pytest.mark.usefixtures("plain_static")


def titles(client: Client, **query: Any) -> list[str]:
    answer = client.get("/movies/", query)
    assert answer.status_code == 200
    return [movie.title for movie in answer.context["movies"]]


def count(client: Client, **query: Any) -> int:
    return int(client.get("/movies/", query).context["page"].paginator.count)


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ({}, 60),
        ({"genre": "horror"}, 20),
        ({"decade": "1960"}, 10),
        ({"runtime": "-90"}, 15),
        ({"runtime": "90-120"}, 15),
        ({"runtime": "150-"}, 15),
        ({"genre": "horror", "decade": "1960"}, 3),
        ({"language": "fr"}, 60),  # no film is French: the choice does not exist
        ({"genre": "no-such", "decade": "x", "sort": "y", "average": "9"}, 60),
    ],
)
def test_filters(client: Client, films: list[Movie], query: dict[str, str], left: int) -> None:
    assert count(client, **query) == left


def test_a_keyword_of_a_film_lists_the_films_that_have_it(
    client: Client, films: list[Movie]
) -> None:
    keyword = Keyword.objects.create(tmdb_id=642, name="robbery")
    keyword.movies.set(films[:3])
    address = f"/movies/?keyword={keyword.pk}"
    page = flat(client.get(films[0].get_absolute_url()))
    assert f'<a class="chip" href="{address}">robbery</a>' in page
    assert "What it is about" not in client.get(films[9].get_absolute_url()).content.decode()
    assert count(client, keyword=keyword.pk) == 3
    assert count(client, keyword=keyword.pk, genre="horror") == 1
    shown = client.get(address).content.decode()
    assert f'<input type="hidden" name="keyword" value="{keyword.pk}"' in shown
    assert 'data-drop="keyword"' in shown
    for nothing in ("0", "x", "9" * 30):
        assert count(client, keyword=nothing) == 60
        assert "keyword" in client.get(f"/movies/?keyword={nothing}").context["left_out"]


def test_filters_on_ratings(client: Client, films: list[Movie], ada: AbstractUser) -> None:
    raters = [ada, *(get_user_model().objects.create_user(name) for name in "bcde")]
    for number, rater in enumerate(raters):
        assert titles(client, average="3") == [], "of fewer than five nothing is told"
        rate(user_id=rater.pk, movie=films[1], half_stars=8)
        rate(user_id=rater.pk, movie=films[2], half_stars=7)
        assert number < 4 or count(client, average="3") == 2
    assert titles(client, average="4") == ["Film 01"]
    assert count(client, average="3.5") == 2
    assert count(client, count="10") == 0
    assert count(client, seen="yes") == 60, "a visitor has seen nothing: the filter is not there"
    client.force_login(ada)
    assert set(titles(client, seen="yes")) == {"Film 01", "Film 02"}
    assert count(client, seen="no") == 58


def test_films_for_adults_are_left_out(client: Client, films: list[Movie]) -> None:
    Movie.objects.filter(pk=films[0].pk).update(adult=True)
    assert count(client) == 59


@pytest.mark.parametrize("sort", SORTS)
def test_every_sort_is_total(client: Client, films: list[Movie], sort: str) -> None:
    """No film is missing and none is twice when the pages are put together."""
    both = titles(client, sort=sort) + titles(client, sort=sort, page=2)
    assert sorted(both) == [movie.title for movie in films]


def test_one_rating_of_five_stars_does_not_beat_many_good_ones(
    client: Client, films: list[Movie], django_user_model: Any
) -> None:
    users = [django_user_model.objects.create_user(f"u{n}") for n in range(12)]
    rate(user_id=users[0].pk, movie=films[0], half_stars=10)
    for user in users:
        rate(user_id=user.pk, movie=films[1], half_stars=9)
    assert titles(client, sort="best")[:2] == ["Film 01", "Film 00"]


def test_search_keeps_its_own_order_unless_another_is_chosen(
    client: Client, films: list[Movie]
) -> None:
    assert titles(client, q="film 07")[0] == "Film 07"
    assert titles(client, q="film", sort="newest")[0] == "Film 59"
    assert count(client, q="film", genre="horror") == 20
    assert "No films match" in client.get("/movies/?q=zzzzqqqq").content.decode()


def test_the_newest_are_known_by_their_year_too(client: Client, films: list[Movie]) -> None:
    Movie.objects.update(release_date=None)
    Movie.objects.filter(pk=films[30].pk).update(year=2031)
    Movie.objects.filter(pk=films[40].pk).update(year=1888)
    assert titles(client, sort="newest")[0] == "Film 30"
    assert titles(client, sort="oldest")[0] == "Film 40"


def test_nothing_is_offered_that_no_film_has(client: Client, films: list[Movie]) -> None:
    Movie.objects.update(runtime=None, original_language="")
    form = client.get("/movies/").context["form"]
    assert not {"runtime", "language"} & set(form.fields)
    assert "short" not in dict(form.fields["sort"].choices)
    assert count(client, runtime="-90", sort="short") == 60


def test_pages_are_bounded(
    client: Client, films: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browse, "PAGE_SIZE", 10)
    monkeypatch.setattr(browse, "MOST_PAGES", 3)
    page = client.get("/movies/?page=999").context["page"]
    assert page.number == 3
    assert client.get("/movies/?page=nonsense").context["page"].number == 1


def test_page_links_keep_the_filters(client: Client, films: list[Movie]) -> None:
    shown = flat(client.get("/movies/?runtime=150-&genre=drama"))
    assert 'href="?genre=drama" data-drop="runtime"' in shown
    assert 'href="?runtime=150-" data-drop="genre"' in shown
    assert "?sort=title&amp;page=2" in client.get("/movies/?sort=title").content.decode()


def test_htmx_gets_the_results_alone(client: Client, films: list[Movie]) -> None:
    part = client.get("/movies/", headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert "HX-Request" in part["Vary"]
    restored = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in client.get("/movies/", headers=restored).content.decode()


def test_suggestions(client: Client, films: list[Movie], amelie: Movie) -> None:
    shown = client.get("/search/?q=amelie").content.decode()
    assert amelie.get_absolute_url() in shown
    assert "Nothing found" in client.get("/search/?q=zzzzqqqq").content.decode()
    assert client.get("/search/").content.strip() == b""
    assert client.get("/search/?q=%01<b>").status_code == 200
    assert client.get("/search/?q=%00").status_code == 400


def test_queries_do_not_grow_with_the_page(
    member: Client, films: list[Movie], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    member.get("/movies/")  # fills the caches of sessions, credits and languages
    # user; genres offered; count; keys; films with genres and the stars of the member; charts;
    # the member's services
    with django_assert_num_queries(7):
        member.get("/movies/")


def test_what_is_in_cinemas_stands_above_the_unfiltered_list(
    client: Client, films: list[Movie]
) -> None:
    ChartEntry.objects.create(chart=Chart.POPULAR_NOW, position=1, movie=films[7])
    shown = flat(client.get("/movies/"))
    assert "Popular now" in shown
    assert "In United States, as TMDB has it" in shown
    assert "Popular now" not in flat(client.get("/movies/", {"genre": "horror"}))

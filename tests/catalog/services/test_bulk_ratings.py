"""Several ratings changed at once: what changes, who is told, and that undo brings back all."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from catalog.models import HiddenMovie, Movie, MovieList, Rating
from catalog.services.bulk_ratings import rate_again, restore, unrate_all
from catalog.services.lists import make_list
from catalog.services.ratings import rate
from catalog.signals import ratings_changed
from tests.markup import flat

pytestmark = pytest.mark.usefixtures("plain_static")
PAGE = "http://testserver/ratings/?stars=5&select=1"


@pytest.fixture
def rated(films: list[Movie], ada: AbstractUser) -> list[Movie]:
    for n, movie in enumerate(films[:10]):
        rate(user_id=ada.pk, movie=movie, half_stars=n + 1)
    other = get_user_model().objects.create_user("eve")
    rate(user_id=other.pk, movie=films[0], half_stars=2)
    return films[:10]


@pytest.fixture
def told() -> Iterator[list[int | None]]:
    heard: list[int | None] = []

    def listen(sender: object, user_id: int | None, **_: object) -> None:
        heard.append(user_id)

    ratings_changed.connect(listen)
    yield heard
    ratings_changed.disconnect(listen)


def everything() -> tuple[Any, ...]:
    """All ratings, hidden films and what films keep about their ratings."""
    films = Movie.objects.order_by("pk").values_list("pk", "rating_count", "half_star_sum")
    return (
        list(Rating.objects.order_by("pk").values()),
        list(HiddenMovie.objects.order_by("pk").values()),
        list(films),
    )


def keys(films: list[Movie]) -> list[int]:
    return [movie.pk for movie in films]


def change(client: Client, films: list[Movie], **fields: object) -> str:
    """The page after the plain form was sent."""
    data = {"movie": keys(films), **fields}
    answer = client.post("/ratings/change/", data, headers={"Referer": PAGE})
    assert answer["Location"] == PAGE, "back to where it was selected, filters and all"
    return flat(client.get(PAGE))


def undo(client: Client, page: str) -> None:
    step = re.search(r'action="/undo/".*?name="step" value="([^"]+)"', page, re.DOTALL)
    assert step, "no undo offered"
    client.post("/undo/", {"step": step[1]})


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"do": "delete"}, "3 ratings were deleted"),
        ({"do": "rate", "stars": "0.5"}, "3 films now have 0.5 stars"),
    ],
)
def test_one_click_brings_all_back_exactly(
    member: Client,
    ada: AbstractUser,
    rated: list[Movie],
    fields: dict[str, str],
    said: str,
    told: list[int | None],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    HiddenMovie.objects.create(user=ada, movie=rated[3])
    before = everything()
    with django_capture_on_commit_callbacks(execute=True):
        page = change(member, rated[2:5], **fields)
    assert said in page
    assert everything()[0] != before[0]
    assert everything()[2] != before[2]
    assert told == [ada.pk], "one signal for all"
    with django_capture_on_commit_callbacks(execute=True):
        undo(member, page)
    assert everything() == before
    assert told == [ada.pk] * 2


def test_stars_for_several(member: Client, ada: AbstractUser, rated: list[Movie]) -> None:
    rated_at = dict(Rating.objects.filter(user=ada).values_list("movie_id", "rated_at"))
    change(member, rated[:3], do="rate", stars="3.5")
    mine = Rating.objects.filter(user=ada)
    assert list(mine.filter(movie__in=rated[:3]).values_list("half_stars", flat=True)) == [7] * 3
    assert dict(mine.values_list("movie_id", "rated_at")) == rated_at
    assert Rating.objects.get(user__username="eve").stars == 1.0


def test_films_that_were_not_rated_stay_unrated(
    member: Client, ada: AbstractUser, rated: list[Movie], films: list[Movie]
) -> None:
    page = change(member, [rated[0], films[30]], do="rate", stars="5.0")
    assert "1 film now has 5 stars" in page
    assert not Rating.objects.filter(movie=films[30]).exists()
    rate(user_id=ada.pk, movie=films[30], half_stars=4)
    undo(member, page)
    assert Rating.objects.get(movie=films[30]).stars == 2, "undo does not reach further"


def test_selected_films_are_put_on_a_list_and_taken_off_again(
    member: Client, ada: AbstractUser, rated: list[Movie]
) -> None:
    best = make_list(user_id=ada.pk, title="Best")
    change(member, [rated[3]], do="list", list=best.pk)
    page = change(member, rated[2:5], do="list", list=best.pk)
    assert "2 films added to “Best”" in page
    assert set(best.movies.all()) == set(rated[2:5])
    undo(member, page)
    assert list(best.movies.all()) == [rated[3]]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"do": "rate", "stars": "4.3"}, "between half a star and five stars"),
        ({"do": "rate"}, "between half a star and five stars"),
        ({"do": "list", "list": "strange"}, "Choose one of your lists"),
        ({"do": "list", "list": ""}, "Choose one of your lists"),
        ({"do": "dance"}, "Choose what to do"),
        ({"do": "delete", "movie": []}, "Select some films first"),
        ({"do": "delete", "movie": ["x", "9" * 30]}, "Select some films first"),
        ({"do": "delete", "movie": list(range(1, 202))}, "At most 200 films"),
    ],
)
def test_what_is_refused_changes_nothing(
    member: Client, rated: list[Movie], fields: dict[str, Any], said: str
) -> None:
    eve = get_user_model().objects.get(username="eve")
    strange = make_list(user_id=eve.pk, title="Eve's", is_public=True)
    if fields.get("list") == "strange":
        fields = {**fields, "list": strange.pk}
    before = everything()
    assert said in change(member, rated[:2], **fields)
    assert everything() == before
    assert not strange.entries.exists()


def test_a_list_without_room_takes_none(
    member: Client, ada: AbstractUser, rated: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MovieList, "MOST_FILMS", 2)
    best = make_list(user_id=ada.pk, title="Best")
    assert "can hold at most 2 films" in change(member, rated[:3], do="list", list=best.pk)
    assert not best.entries.exists()


def test_visitors_change_nothing(client: Client, rated: list[Movie]) -> None:
    answer = client.post("/ratings/change/", {"movie": keys(rated), "do": "delete"})
    assert "/accounts/login/" in answer["Location"]
    assert client.get("/ratings/change/").status_code == 405
    assert Rating.objects.count() == 11


def test_a_film_deleted_meanwhile_stays_away(ada: AbstractUser, rated: list[Movie]) -> None:
    before = unrate_all(ada.pk, keys(rated[:2]))
    rated[0].delete()
    restore(ada.pk, before)
    assert set(Rating.objects.filter(user=ada).values_list("movie_id", flat=True)) == set(
        keys(rated[1:])
    )


def test_queries_do_not_grow_with_the_selection(
    ada: AbstractUser, rated: list[Movie], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for some in (rated[:2], rated):
        # savepoint and release; ratings; hidden films; update; and no hidden film to take away
        with django_assert_num_queries(6):
            before = rate_again(ada.pk, keys(some), 4)
        # savepoint, release; the member's turn; films; delete, insert ratings; delete hidden
        with django_assert_num_queries(7):
            restore(ada.pk, before)
        with django_assert_num_queries(5):
            before = unrate_all(ada.pk, keys(some))
        restore(ada.pk, before)


def test_selecting_is_offered_and_keeps_the_filter(member: Client, rated: list[Movie]) -> None:
    plain = member.get("/ratings/?stars=5").content.decode()
    assert "stars=5&amp;select=1" in plain
    assert 'form="bulk"' not in plain
    selecting = member.get("/ratings/?stars=5&select=1").content.decode()
    assert selecting.count('form="bulk"') == 1
    assert '<input type="hidden" name="select" value="1">' in selecting

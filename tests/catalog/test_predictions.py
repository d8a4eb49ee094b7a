"""Predicted stars on the catalog's pages: shown, filtered and ordered by, or said to be missing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog import predictions
from catalog.models import Movie
from catalog.predictions import Guess, Lacking, only
from catalog.services.ratings import rate
from catalog.services.watchlist import set_watchlisted

pytestmark = pytest.mark.usefixtures("plain_static")


@dataclass
class Known:
    """Stars that a test knows; every fifth film has none."""

    stars: dict[int, float]

    def guesses(self, movie_ids: Sequence[int]) -> dict[int, Guess]:
        return {key: Guess(self.stars[key], False) for key in movie_ids if key in self.stars}

    def best_first(self, movie_ids: Sequence[int]) -> list[int]:
        return sorted(movie_ids, key=lambda key: (-self.stars.get(key, 0), key))

    def at_least(self, stars: float) -> bytes:
        return bits_of(key for key, value in self.stars.items() if value >= stars)


def bits_of(keys: Iterable[int]) -> bytes:
    number = sum(1 << key for key in keys)
    return number.to_bytes(number.bit_length() // 8 + 1, "little")


@pytest.fixture
def known(films: list[Movie], monkeypatch: pytest.MonkeyPatch) -> Known:
    """Film 59 would get 4.9 stars, Film 00 two: later films are better, by 1/20 star."""
    made = Known({movie.pk: 2 + n * 0.05 for n, movie in enumerate(films) if n % 5})
    monkeypatch.setattr(predictions, "_predictor", lambda user_id: made)
    return made


def found(client: Client, **query: Any) -> tuple[list[str], int]:
    context = client.get("/movies/", query).context
    return [movie.title for movie in context["movies"]], context["page"].paginator.count


def test_the_list_by_predicted_stars(member: Client, known: Known) -> None:
    titles, count = found(member, sort="predicted")
    assert titles[:3] == ["Film 59", "Film 58", "Film 57"]
    assert count == 60
    rest, _ = found(member, sort="predicted", page=2)
    assert rest[-12:] == [f"Film {n:02}" for n in range(0, 60, 5)], "no prediction: at the end"
    assert len(set(titles + rest)) == 60


def test_at_least_so_many_stars_with_any_other_filter(member: Client, known: Known) -> None:
    titles, count = found(member, predicted="4", sort="oldest")
    assert (titles[0], count) == ("Film 41", 16)
    titles, count = found(member, predicted="4", genre="horror", sort="predicted")
    assert titles == ["Film 57", "Film 54", "Film 51", "Film 48", "Film 42"]
    assert count == 5
    titles, count = found(member, predicted="4.5", q="film")
    assert set(titles) == {f"Film {n}" for n in (51, 52, 53, 54, 56, 57, 58, 59)}
    assert count == 8


def test_a_search_by_predicted_stars(member: Client, known: Known) -> None:
    titles, count = found(member, q="film", sort="predicted", decade="1950")
    assert titles == [f"Film 0{n}" for n in (9, 8, 7, 6, 4, 3, 2, 1, 0, 5)]
    assert count == 10


def test_films_made_after_the_model_are_not_asked_beyond_the_last_bit(films: list[Movie]) -> None:
    wanted = bits_of([films[0].pk, films[9].pk])
    assert set(only(Movie.objects.all(), wanted)) == {films[0], films[9]}
    assert not only(Movie.objects.all(), b"").exists()


def test_cards_say_what_is_predicted_unless_it_was_rated(
    member: Client, known: Known, films: list[Movie], ada: AbstractUser
) -> None:
    rate(user_id=ada.pk, movie=films[59], half_stars=2)
    cards = dict(member.get("/movies/?sort=newest").context["cards"])
    assert cards[films[59]] is None
    assert cards[films[58]] == Guess(4.9, False)
    assert cards[films[55]] is None


@pytest.mark.parametrize("why", [Lacking.RATINGS, Lacking.MODEL])
def test_without_predictions_the_filter_is_off_and_says_why(
    member: Client, films: list[Movie], monkeypatch: pytest.MonkeyPatch, why: Lacking
) -> None:
    monkeypatch.setattr(predictions, "_predictor", lambda user_id: why)
    answer = member.get("/movies/?predicted=4&sort=predicted")
    assert answer.context["page"].paginator.count == 60
    shown = answer.content.decode()
    assert str(why.label) in shown
    assert 'value="predicted"' not in shown
    assert answer.context["form"].fields["predicted"].disabled


def test_a_visitor_is_not_offered_it(client: Client, known: Known) -> None:
    assert found(client, predicted="4", sort="predicted")[1] == 60
    assert 'name="predicted"' not in client.get("/movies/").content.decode()


@pytest.fixture
def kept(films: list[Movie], ada: AbstractUser) -> list[Movie]:
    chosen = [films[n] for n in (3, 50, 21, 44)]
    for movie in chosen:
        set_watchlisted(user_id=ada.pk, movie=movie, on=True)
    return chosen


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", [44, 21, 3, 50]),
        ("nonsense", [44, 21, 3, 50]),
        ("added", [44, 21, 50, 3]),
        ("title", [3, 21, 44, 50]),
        ("year", [50, 44, 21, 3]),
    ],
)
def test_the_watchlist_by_predicted_stars(
    member: Client, known: Known, kept: list[Movie], films: list[Movie], sort: str, order: list[int]
) -> None:
    cards = member.get("/watchlist/", {"sort": sort}).context["cards"]
    assert [movie for movie, _ in cards] == [films[n] for n in order]
    assert dict(cards)[films[44]] == Guess(4.2, False)
    assert dict(cards)[films[50]] is None


def test_the_watchlist_without_predictions(member: Client, kept: list[Movie]) -> None:
    answer = member.get("/watchlist/")
    assert [movie for movie, _ in answer.context["cards"]] == kept[::-1]
    assert str(Lacking.MODEL.label) in answer.content.decode()
    by_title = member.get("/watchlist/?sort=title").context["cards"]
    assert [movie.title for movie, _ in by_title] == ["Film 03", "Film 21", "Film 44", "Film 50"]


@pytest.mark.parametrize(
    ("address", "queries"),
    [
        # user; keys; films with genres and own stars; of the filter bar: genres
        ("/watchlist/", 4),
        ("/movies/?sort=predicted&predicted=3", 5),
        # the same, with the number of films by itself
        ("/movies/?predicted=3", 6),
    ],
)
def test_queries_are_few(
    member: Client,
    known: Known,
    kept: list[Movie],
    django_assert_num_queries: DjangoAssertNumQueries,
    address: str,
    queries: int,
) -> None:
    member.get(address)
    with django_assert_num_queries(queries):
        member.get(address)

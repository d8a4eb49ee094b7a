"""The home page and its rows."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import HiddenMovie, Movie, Rating
from catalog.services.ratings import rate
from recommender.models import HomeVisit, Preferences
from recommender.pages.home import Row, home_rows
from recommender.serving.live_catalog import live_catalog
from recommender.serving.member import recommender_for
from tests.markup import flat
from tests.recommender.world import World

pytestmark = pytest.mark.usefixtures("plain_static")

ALONE = {"HX-Request": "true", "HX-Target": "answers"}  # the rows, without the page around them


def rows_of(client: Client) -> dict[str, Row]:
    answer = client.get("/")
    assert answer.status_code == 200
    return {row.key: row for row in answer.context["rows"]}


def ids(row: Row) -> list[int]:
    return [card.movie.pk for card in row.cards]


@pytest.fixture
def client(world: World) -> Client:
    world.publish()
    client = Client()
    client.force_login(world.fan_of_even())
    return client


def test_a_member_sees_personal_rows_first(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recommender.pages.home.ROW_LENGTH", 4)
    rows = rows_of(client)
    assert list(rows)[:2] == ["top-picks", "watch-next"]
    assert set(ids(rows["top-picks"])) <= set(world.even)
    because = [row for key, row in rows.items() if key.startswith("because-")]
    assert because[0].title == "Because you rated Film 04"
    assert set(ids(because[0])) <= set(world.even)


def test_each_film_is_once_on_the_page_and_none_was_rated(client: Client, world: World) -> None:
    shown = [pk for row in rows_of(client).values() for pk in ids(row)]
    assert len(shown) == len(set(shown))
    assert not {movie.pk for movie in world.movies[:6]} & set(shown)


def test_cards_carry_predicted_stars_and_reasons(client: Client) -> None:
    for card in rows_of(client)["top-picks"].cards:
        assert card.predicted_rating is not None
        assert card.reasons


def test_visitors_and_newcomers_are_invited(world: World) -> None:
    world.publish()
    visitor = Client()
    newcomer = Client()
    newcomer.force_login(world.member("eve"))
    for client in (visitor, newcomer):
        answer = client.get("/")
        assert answer.context["invite"] is True
        keys = [row.key for row in answer.context["rows"]]
        assert keys[0] == "popular"
        assert "top-picks" not in keys
        assert "teach" in keys


def test_the_first_rating_makes_the_page_personal(world: World) -> None:
    world.publish()
    eve = world.member("eve")
    client = Client()
    client.force_login(eve)
    assert "top-picks" not in rows_of(client)
    rate(user_id=eve.pk, movie=world.movies[1], half_stars=10)
    rows = rows_of(client)
    assert set(ids(rows["top-picks"])) <= set(world.odd)
    assert all(card.is_uncertain for card in rows["top-picks"].cards)


def test_a_rating_and_a_hidden_film_show_on_the_next_page(client: Client, world: World) -> None:
    best = ids(rows_of(client)["top-picks"])[0]
    user_id = Rating.objects.values_list("user_id", flat=True)[0]
    HiddenMovie.objects.create(user_id=user_id, movie_id=best)
    assert best not in [pk for row in rows_of(client).values() for pk in ids(row)]


def test_popular_this_month_counts_recent_ratings_only(world: World) -> None:
    now = timezone.now()
    raters = [world.member(f"rater{number}") for number in range(7)]
    for place, movie in enumerate(world.movies[:40]):
        old = place < 20
        Rating.objects.bulk_create(
            Rating(
                user=rater,
                movie=movie,
                half_stars=8,
                rated_at=now - timedelta(days=400) if old else now,
            )
            for rater in raters[: 7 if old else 5]
        )
    live_catalog.forget()
    row = rows_of(Client())["popular"]
    assert row.title == "Popular this month"
    assert set(ids(row)) <= {movie.pk for movie in world.movies[20:40]}


def test_little_seen_films_have_few_ratings(world: World) -> None:
    Movie.objects.update(rating_count=0, half_star_sum=0)
    raters = [world.member(f"rater{number}") for number in range(12)]
    for place, movie in enumerate(world.movies[:20]):
        few = place < 14
        Rating.objects.bulk_create(
            Rating(user=rater, movie=movie, half_stars=9) for rater in raters[: 5 if few else 12]
        )
    world.publish()
    live_catalog.forget()
    row = rows_of(Client()).get("little-seen")
    assert row is not None
    assert set(ids(row)) <= {movie.pk for movie in world.movies[:14]}


def test_an_established_member_is_not_asked_to_teach(world: World) -> None:
    world.publish()
    few = recommender_for(world.fan_of_even(6).pk)
    many = recommender_for(world.fan_of_even(25, name="grace").pk)
    assert "teach" in [row.key for row in home_rows(few)]
    assert "teach" not in [row.key for row in home_rows(many)]


def test_remembered_filters_hold_on_every_row(client: Client, world: World) -> None:
    user_id = Rating.objects.values_list("user_id", flat=True)[0]
    Preferences.objects.create(user_id=user_id, year_from=1980)
    answer = client.get("/")
    assert answer.context["filters_active"] is True
    years = {card.movie.year for row in answer.context["rows"] for card in row.cards}
    assert years
    assert min(years) >= 1980


def test_without_a_model_the_page_answers(world: World) -> None:
    client = Client()
    client.force_login(world.fan_of_even())
    assert next(iter(rows_of(client))) == "popular"


def test_an_empty_catalog_has_a_page(db: None) -> None:
    assert Client().get("/").context["rows"] == []


def test_queries_of_the_page_are_few(client: Client, django_assert_max_num_queries: Any) -> None:
    """Five for the rows; four for the film of the evening, one for the visit; once a second others.

    News are five more, on a visit after another.
    """
    client.get("/")
    with django_assert_max_num_queries(13):
        client.get("/")
    HomeVisit.objects.update(latest=timezone.now() - timedelta(days=2))
    client.get("/")
    with django_assert_max_num_queries(18):
        client.get("/")


def test_rows_that_the_page_has_come_empty(client: Client, world: World) -> None:
    """After a deed: what is the same is not sent again, by the marks that the page names."""
    marks = dict(re.findall(r'data-row="([^"]+)" data-mark="(\w+)"', flat(client.get("/"))))
    assert len(marks) > 2
    changed = next(iter(marks))
    told = ",".join(f"{row}:{mark}" for row, mark in {**marks, changed: "0"}.items())
    headers = {**ALONE, "Shown-Marks": f"{told},nonsense"}
    answer = client.get("/", headers=headers).content.decode()
    for row in marks:
        empty = f'<section data-row="{row}" data-same></section>'
        assert (empty in answer) is (row != changed), row
    assert f'data-row="{changed}" data-mark="{marks[changed]}"' in answer


@pytest.mark.parametrize("path", ["/", "/watch-next/"])
def test_films_that_the_page_has_come_empty(client: Client, world: World, path: str) -> None:
    """In a row that has changed, too."""
    item = r'<li data-mark="(\w+)"><article[^>]*data-film="(\d+)"'
    (mark, changed), *others = re.findall(item, flat(client.get(path)))
    told = ",".join(f"{film}:{mark}" for mark, film in [("0", changed), *others])
    answer = client.get(path, headers={**ALONE, "Shown-Marks": told}).content.decode()
    assert answer.count("data-same") == len(others) > 2
    assert f'data-film="{changed}" data-same' not in answer
    assert f'<li data-mark="{mark}">' in answer

"""Watch next, watch together, on-boarding, filters, the film page's fragments, taste."""

import itertools
import re
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.models import Collection, Friendship, HiddenMovie, Movie
from catalog.services.ratings import rate
from catalog.services.seen import mark_seen
from recommender.models import Preferences
from recommender.serving.live_catalog import live_catalog
from recommender.serving.member import filters_of
from tests.recommender.world import World

pytestmark = pytest.mark.usefixtures("plain_static")

MEMBERS_ONLY = ["taste", "together", "onboarding"]


@pytest.fixture
def client(world: World) -> Client:
    world.publish()
    client = Client()
    client.force_login(world.fan_of_even())
    return client


def page(client: Client, name: str, **query: Any) -> Any:
    answer = client.get(reverse(f"recommender:{name}"), query)
    assert answer.status_code == 200
    return answer.context


def shown(context: Any) -> list[int]:
    return [card.movie.pk for card in context["cards"]]


@pytest.mark.parametrize("name", MEMBERS_ONLY)
def test_visitors_are_sent_to_log_in(world: World, name: str) -> None:
    answer = Client().get(reverse(f"recommender:{name}"))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


def test_anybody_can_share_what_to_watch_next(world: World) -> None:
    world.publish()
    context = page(Client(), "watch-next", movie=[world.odd[3], world.odd[9]])
    assert [movie.pk for movie in context["movies"]] == [world.odd[3], world.odd[9]]
    assert set(shown(context)) <= set(world.odd) - {world.odd[3], world.odd[9]}
    assert context["query"] == f"movie={world.odd[3]}&movie={world.odd[9]}"


def test_typed_titles_become_an_address_to_share(world: World) -> None:
    world.publish()
    answer = Client().get("/watch-next/", {"movie": world.even[0], "title": ["Film 05", " "]})
    assert answer.status_code == 302
    target = f"/watch-next/?movie={world.even[0]}&movie={world.movies[5].pk}"
    assert answer["Location"] == target


def test_a_title_that_no_film_has_is_said(world: World) -> None:
    context = page(Client(), "watch-next", title="qqqqqq")
    assert [one.query for one in context["unresolved"]] == ["qqqqqq"]


@pytest.mark.parametrize("movie", ["x", "-1", "999999999", "9" * 40, ""])
def test_an_address_with_films_that_are_not_there_answers(world: World, movie: str) -> None:
    world.publish()
    context = page(Client(), "watch-next", movie=movie)
    assert context["movies"] == []
    assert context["version"] == "popularity"


def test_a_member_without_a_list_gets_their_own_and_hidden_films_stay_away(
    client: Client, world: World
) -> None:
    best = shown(page(client, "watch-next"))[0]
    user_id = client.session["_auth_user_id"]
    HiddenMovie.objects.create(user_id=user_id, movie_id=best)
    assert best not in shown(page(client, "watch-next"))
    assert best not in shown(page(client, "watch-next", movie=[world.even[8]]))


def test_watching_together_takes_what_the_least_happy_would_like(
    client: Client, world: World
) -> None:
    friend, stranger = world.member("grace"), world.member("linus")
    shy = world.member("shy", watch_together=False)
    for other in (friend, shy):
        Friendship.objects.create(
            sender=other, receiver_id=client.session["_auth_user_id"], accepted_at=timezone.now()
        )
    Friendship.objects.create(sender=stranger, receiver_id=client.session["_auth_user_id"])
    for place in range(8):
        half_stars = 4 if place % 2 == 0 else 9
        rate(user_id=friend.pk, movie=world.movies[place], half_stars=half_stars)
    context = page(client, "together", member=["grace", "linus", "shy"])
    assert context["candidates"] == context["chosen"] == [friend], "no stranger, and nobody shy"
    cards = context["cards"]
    assert cards
    seen = {movie.pk for movie in world.movies[:8]}
    for card in cards:
        stars = [value for _, value, _ in card.stars]
        assert len(stars) == 2
        assert card.least == min(stars)
        assert card.average == pytest.approx(np.mean(stars), abs=0.01)
        assert card.movie.pk not in seen
    least = [card.least for card in cards]
    assert all(now >= later - 0.1 for now, later in itertools.pairwise(least))
    assert least[0] == max(least)


def test_watching_together_says_whose_stars_are_a_first_guess(client: Client, world: World) -> None:
    friend = world.member("grace")
    Friendship.objects.create(
        sender=friend, receiver_id=client.session["_auth_user_id"], accepted_at=timezone.now()
    )
    rate(user_id=friend.pk, movie=world.movies[0], half_stars=8)
    for place, movie in enumerate(world.movies[6:40]):
        half_stars = 2 if place % 2 else 10
        rate(user_id=client.session["_auth_user_id"], movie=movie, half_stars=half_stars)
    for card in page(client, "together", member=["grace"])["cards"]:
        assert [(str(who), guess) for who, _, guess in card.stars] == [
            ("ada", False),
            ("grace", True),
        ]
    shown = client.get("/together/", {"member": "grace"}).content.decode()
    assert re.search(
        r'>grace</span></span>\s*<span\s+class="predicted uncertain".*?</svg>\s*~\d', shown, re.S
    )
    assert re.search(r'>ada</span>\s*<.*?<span\s+class="predicted ".*?</svg>\s*\d', shown, re.S)


def test_watching_together_needs_a_companion_and_a_model(client: Client, world: World) -> None:
    friend = world.member("grace")
    Friendship.objects.create(
        sender=friend, receiver_id=client.session["_auth_user_id"], accepted_at=timezone.now()
    )
    context = page(client, "together")
    assert (context["candidates"], context["cards"]) == ([friend], [])


def test_onboarding_adapts_to_answers_and_to_skips(world: World) -> None:
    world.publish()
    eve = world.member("eve")
    client = Client()
    client.force_login(eve)
    first = page(client, "onboarding")
    assert first["rating_count"] == 0
    assert first["picks"] == []
    asked = shown(first)
    assert len(asked) == 12
    skipped = page(client, "onboarding", skip=",".join(map(str, asked[:6])))
    assert not set(asked[:6]) & set(shown(skipped))
    rate(user_id=eve.pk, movie=Movie.objects.get(pk=asked[0]), half_stars=10)
    after = page(client, "onboarding")
    assert asked[0] not in shown(after)
    assert after["picks"]
    parity = set(world.even) if asked[0] in world.even else set(world.odd)
    assert {card.movie.pk for card in after["picks"]} <= parity


def test_onboarding_inside_the_page_is_a_part_of_it(client: Client) -> None:
    answer = client.get("/welcome/?skip=x,,1", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "recommender/_onboarding.html" in [template.name for template in answer.templates]
    assert b"<html" not in answer.content


CHOICES = {"popularity": "0.5", "diversity": "0.3", "year_from": "1970", "languages": ["fr"]}


def test_choices_are_remembered_and_reset(client: Client, world: World) -> None:
    user_id = int(client.session["_auth_user_id"])
    page(client, "filters")
    genre = world.genres[0].pk
    saved = client.post("/preferences/recommendations/", {**CHOICES, "include_genres": [genre]})
    assert saved.status_code == 302
    filters = filters_of(user_id)
    assert (filters.year_from, filters.languages) == (1970, ("fr",))
    assert (filters.include_genres, filters.popularity) == ((genre,), 0.5)
    assert filters.narrow
    client.post("/preferences/recommendations/", {"reset": "1"})
    assert not Preferences.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"popularity": "2"},
        {"diversity": "-1"},
        {"year_from": "1990", "year_to": "1980"},
        {"languages": ["xx"]},
        {"include_genres": ["999999"]},
        {"year_from": "40000"},
    ],
)
def test_choices_that_make_no_sense_are_refused(client: Client, wrong: dict[str, Any]) -> None:
    answer = client.post("/preferences/recommendations/", {**CHOICES, **wrong})
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert not Preferences.objects.exists()


def test_the_film_page_loads_films_like_it(client: Client, world: World) -> None:
    answer = client.get(f"/movies/{world.even[4]}/similar/")
    assert {movie.pk for movie, _ in answer.context["cards"]} <= set(world.even)
    of_member = dict(answer.context["cards"])
    assert any(guess and guess.stars > 4 for guess in of_member.values())
    for movie, guess in of_member.items():
        assert guess is None or movie.your_half_stars is None
    visitor = Client().get(f"/movies/{world.even[4]}/similar/")
    assert all(guess is None for _, guess in visitor.context["cards"])
    assert client.get("/movies/999999999/similar/").status_code == 404


def test_films_like_it_do_not_repeat_its_series(client: Client, world: World) -> None:
    address = f"/movies/{world.even[4]}/similar/"
    nearest = client.get(address).context["cards"][0][0]
    series = Collection.objects.create(tmdb_id=1, name="Series")
    Movie.objects.filter(pk__in=[world.even[4], nearest.pk]).update(collection=series)
    live_catalog.forget()
    assert nearest not in {movie for movie, _ in client.get(address).context["cards"]}


def test_a_hidden_film_is_not_among_films_like_another(client: Client, world: World) -> None:
    address = f"/movies/{world.even[4]}/similar/"
    first = client.get(address).context["cards"][0][0]
    client.post(reverse("catalog:hide", args=[first.pk]), {"on": "1"})
    assert first.pk not in {movie.pk for movie, _ in client.get(address).context["cards"]}
    visitor = Client().get(address).context["cards"]
    assert first.pk in {movie.pk for movie, _ in visitor}


def test_who_knows_the_most_similar_films_gets_the_ones_after_them(
    client: Client, world: World
) -> None:
    user = world.member("critic")
    visitor = Client().get(f"/movies/{world.even[4]}/similar/").context["cards"]
    for movie, _ in visitor:
        mark_seen(user_id=user.pk, movie=movie)
    client.force_login(user)
    found = client.get(f"/movies/{world.even[4]}/similar/").context["cards"]
    assert len(found) == len(visitor) == 12
    assert not {movie.pk for movie, _ in found} & {movie.pk for movie, _ in visitor}


def test_the_film_page_loads_the_prediction(client: Client, world: World) -> None:
    address = f"/movies/{world.even[10]}/prediction/"
    card = client.get(address).context["card"]
    assert card.predicted_rating > 4
    assert card.reasons
    assert Client().get(address).context["card"] is None
    unseen = Movie.objects.create(title="Unseen by the model")
    assert client.get(f"/movies/{unseen.pk}/prediction/").context["card"] is None


def test_taste_tells_what_the_ratings_say(client: Client, world: World) -> None:
    critic = world.member("critic")
    for place in range(6):
        rate(user_id=critic.pk, movie=world.movies[place], half_stars=6)
    taste = page(client, "taste")["taste"]
    assert taste.count == 6
    assert taste.mean == 3.0
    assert [bar.count for bar in taste.histogram.bars] == [0, 3, 0, 0, 0, 0, 0, 0, 0, 3]
    assert [group.name for group in taste.genres] == ["Drama", "Comedy"]
    assert taste.genres[0].difference > 0 > taste.genres[1].difference
    assert {point.movie.pk for point in taste.map} == {movie.pk for movie in world.movies[:6]}
    assert all(0 <= point.x <= 1 and 0 <= point.y <= 1 for point in taste.map)
    assert len(taste.predictions) == 5
    errors = [one.predicted - one.stars for one in taste.predictions]
    assert taste.foresight.rmse == pytest.approx(np.sqrt(np.mean(np.square(errors))))
    assert all(abs(one.difference) >= 1 for one in taste.contrarian)


def test_everybody_is_five_others_at_least(client: Client, world: World) -> None:
    rare = [movie.pk for movie in world.movies[:3]]
    before = page(client, "taste")["taste"]
    assert not {one.movie.pk for one in before.contrarian}.isdisjoint(rare)
    Movie.objects.filter(pk__in=rare).update(rating_count=5, half_star_sum=35)
    live_catalog.forget()
    taste = page(client, "taste")["taste"]
    assert {one.movie.pk for one in taste.contrarian}.isdisjoint(rare)
    assert all(group.count <= 3 for group in taste.genres)


def test_taste_of_somebody_without_ratings_or_without_a_model(world: World) -> None:
    client = Client()
    client.force_login(world.member("eve"))
    taste = page(client, "taste")["taste"]
    assert (taste.count, taste.mean, taste.foresight, taste.map) == (0, None, None, [])
    client.force_login(world.fan_of_even())
    assert page(client, "taste")["taste"].count == 6

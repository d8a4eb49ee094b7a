"""What the recommender tells the catalog's pages about stars."""

import numpy as np
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Movie
from catalog.predictions import Lacking, only
from catalog.services.seen import mark_seen
from catalog.services.watchlist import set_watchlisted
from recommender.data.histories import history_of
from recommender.serving.model_scores import ModelScores
from recommender.serving.predicted_stars import PersonalStars, predict_for
from tests.recommender.world import World

pytestmark = pytest.mark.usefixtures("plain_static")


def test_what_is_missing(world: World) -> None:
    user = world.fan_of_even()
    assert predict_for(user.pk) is Lacking.MODEL
    world.publish("sequence")
    assert predict_for(user.pk) is Lacking.MODEL
    world.publish("factorization")
    assert isinstance(predict_for(user.pk), PersonalStars)
    eve = world.member("eve")
    assert predict_for(eve.pk) is Lacking.RATINGS
    mark_seen(user_id=eve.pk, movie=world.movies[0])
    assert predict_for(eve.pk) is Lacking.RATINGS, "who only saw films gave no stars"


def test_stars_are_those_of_the_whole_site(world: World) -> None:
    world.publish()
    user = world.fan_of_even()
    late = Movie.objects.create(title="Made after the model")
    said = predict_for(user.pk)
    assert isinstance(said, PersonalStars)
    scores = ModelScores(history_of(user.pk))
    assert scores.stars is not None
    keys = [*world.odd, late.pk, *world.even, 999_999_999]
    guesses = said.guesses(keys)
    assert set(guesses) == {*world.odd, *world.even}
    rows = scores.live.catalog.rows_of(np.array(world.even))
    expected = scores.stars[rows]
    assert [guesses[key].stars for key in world.even] == pytest.approx(expected, abs=0.006)
    ordered = said.best_first(keys)
    assert sorted(ordered) == sorted(keys)
    assert set(ordered[:30]) == set(world.even)
    assert ordered[-2:] == [late.pk, 999_999_999]
    rows = scores.live.catalog.rows_of(np.array(ordered[:60]))
    assert list(scores.stars[rows]) == sorted(scores.stars[rows], reverse=True)
    enough = set(only(Movie.objects.all(), said.at_least(4)).values_list("pk", flat=True))
    assert enough == {key for key, guess in guesses.items() if round(guess.stars, 1) >= 4}
    assert enough


def test_pages_of_the_catalog_ask_the_live_model(
    world: World, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    world.publish()
    user = world.fan_of_even()
    client.force_login(user)
    for place in (20, 21, 22):
        set_watchlisted(user_id=user.pk, movie=world.movies[place], on=True)
    cards = client.get("/watchlist/").context["cards"]
    assert [movie.title for movie, _ in cards] == ["Film 20", "Film 22", "Film 21"]
    assert cards[0][1].stars > 4 > cards[2][1].stars
    best = client.get("/movies/?sort=predicted&seen=no").context
    assert {movie.pk for movie in best["movies"][:27]} <= set(world.even)
    liked = client.get("/movies/?predicted=4").context["page"].paginator.count
    assert 0 < liked <= 30
    # user; live versions, looked at anew by every request of a test; history; keys; films
    with django_assert_num_queries(6):
        client.get("/watchlist/")

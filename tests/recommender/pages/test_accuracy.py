"""Prequential accuracy: predictions from earlier ratings only, beside the crowd and the site."""

import numpy as np
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Movie, Rating
from catalog.services.ratings import rate
from recommender.data.histories import history_of
from recommender.models import ModelVersion
from recommender.pages import accuracy
from recommender.pages.accuracy import prequential_accuracy
from recommender.serving.model_scores import ModelScores
from tests.recommender.world import World


def seen(user_id: int) -> accuracy.Accuracy:
    found = prequential_accuracy(ModelScores(history_of(user_id)))
    assert found is not None
    return found


def test_each_rating_is_predicted_from_those_before_it(world: World) -> None:
    world.publish("factorization")
    user = world.fan_of_even(12)
    found = seen(user.pk)
    scores = ModelScores(history_of(user.pk))
    placed = scores.live.factorization
    assert placed is not None
    _, items = scores.known(placed)
    scorer = placed.version.scorer
    expected = [
        scorer.predict(scorer.fold_in(items[:n], scores.history.stars[:n]), items[n : n + 1])[0]
        for n in range(1, 12)
    ]
    assert found.predicted == pytest.approx(np.array(expected))
    assert list(found.movie_ids) == [movie.pk for movie in world.movies[1:12]]
    errors = np.array(expected) - scores.history.stars[1:]
    assert found.rmse == pytest.approx(np.sqrt(np.mean(errors**2)), rel=1e-5)


def test_later_ratings_change_nothing_that_was_predicted(world: World) -> None:
    """In blocks as one by one: what is predicted must not know itself or what followed."""
    world.publish("factorization")
    user = world.fan_of_even(50)
    before = seen(user.pk).predicted
    half = 25
    for movie in world.movies[half:50]:
        turned = Rating.objects.get(user_id=user.pk, movie=movie)
        Rating.objects.filter(pk=turned.pk).update(half_stars=11 - turned.half_stars)
    after = seen(user.pk).predicted
    first = half - 1 - half % 3  # a block of three begins before it
    assert after[:first] == pytest.approx(before[:first])
    assert np.abs(after[half + 3 :] - before[half + 3 :]).max() > 0.3


def test_the_user_is_folded_in_a_bounded_number_of_times(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.publish("factorization")
    user = world.fan_of_even(60)
    scores = ModelScores(history_of(user.pk))
    placed = scores.live.factorization
    assert placed is not None
    times, fold_in = [], placed.version.scorer.fold_in
    monkeypatch.setattr(
        placed.version.scorer, "fold_in", lambda *given: times.append(1) or fold_in(*given)
    )
    assert len(seen(user.pk).predicted) == 59
    assert len(times) <= accuracy.BLOCKS


def test_errors_over_time_beside_the_crowd_and_the_site(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    Movie.objects.update(rating_count=0, half_star_sum=0)
    [version] = world.publish("factorization")
    ModelVersion.objects.filter(pk=version.pk).update(metrics={"rmse": 0.91})
    user = world.fan_of_even(52)
    others = [world.member(f"other{number}") for number in range(6)]
    Rating.objects.bulk_create(
        Rating(user=other, movie=movie, half_stars=6)
        for other in others
        for movie in world.movies[:52]
    )
    scores = ModelScores(history_of(user.pk))
    assert scores.stars is not None
    with django_assert_num_queries(1):
        found = prequential_accuracy(scores)
    assert found is not None
    assert found.site == 0.91
    assert [(one.first, one.last) for one in found.periods] == [
        (2, 11),
        (12, 21),
        (22, 31),
        (32, 41),
        (42, 52),
    ]
    counts = np.array([one.last - one.first + 1 for one in found.periods])
    together = np.array([one.rmse for one in found.periods]) ** 2
    assert found.rmse == pytest.approx(np.sqrt(np.average(together, weights=counts)))
    assert found.periods[0].rmse > found.periods[-1].rmse, "it learns this plain taste"
    # Of seven ratings of each film one is the member's own, which must not be in the guess: what
    # is left is 3 stars, and the member gave 1 or 5.
    assert found.crowd == pytest.approx(2.0, abs=0.01)


def test_too_little_to_say(world: World) -> None:
    user = world.fan_of_even(1)
    scores = ModelScores(history_of(user.pk))
    assert prequential_accuracy(scores) is None, "no model"
    world.publish("factorization")
    assert prequential_accuracy(ModelScores(history_of(user.pk))) is None
    rate(user_id=user.pk, movie=world.movies[9], half_stars=4)
    found = seen(user.pk)
    assert len(found.predicted) == 1
    assert found.periods == []
    assert found.site is None


@pytest.mark.usefixtures("plain_static")
def test_the_chart_has_a_table(world: World) -> None:
    world.publish()
    client = Client()
    client.force_login(world.fan_of_even(40))
    shown = client.get("/taste/").content.decode()
    assert "How well we know your taste" in shown
    assert "Errors over time" in shown
    assert "<td>2–14</td>" in shown

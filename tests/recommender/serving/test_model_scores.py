"""What the models say of one history."""

import numpy as np
import pytest

from catalog.services.diary import latest_day
from catalog.services.ratings import rate
from catalog.services.seen import mark_seen
from recommender.data.histories import History, history_from, history_of
from recommender.serving.member import recommender_for
from recommender.serving.model_scores import ModelScores
from tests.recommender.world import World


def test_predictions_are_guesses_while_ratings_are_few(world: World) -> None:
    world.publish()
    few = recommender_for(world.fan_of_even(2, name="few").pk)
    many = recommender_for(world.fan_of_even(20, name="many").pk)
    assert all(few.scores.is_uncertain(few.top_picks(5).rows))
    assert not any(many.scores.is_uncertain(many.top_picks(5).rows))
    assert many.scores.predictions(many.top_picks(1).rows)[0] == pytest.approx(4.8, abs=0.4)


def test_somebody_without_ratings_has_no_predicted_stars(world: World) -> None:
    world.publish()
    for history in (History(), history_from(world.even[:3])):
        assert ModelScores(history).predictions(np.arange(3)) == [None, None, None]


def test_without_versions_nothing_is_said(world: World) -> None:
    scores = ModelScores(history_of(world.fan_of_even().pk))
    assert not scores.has_known_history
    assert scores.folded is None
    assert scores.stars is None
    assert scores.next_scores is None
    assert scores.uncertainty(np.arange(2)).tolist() == [np.inf, np.inf]
    assert not scores.vectors(np.arange(2)).any()


def test_uncertainty_falls_with_ratings_and_is_the_same_when_asked_again(world: World) -> None:
    world.publish("factorization")
    few = ModelScores(history_of(world.fan_of_even(2, name="few").pk))
    many = ModelScores(history_of(world.fan_of_even(20, name="many").pk))
    rows = np.arange(40, 50)
    first = many.uncertainty(rows[:5]).copy()
    assert many.uncertainty(rows)[:5].tolist() == first.tolist()
    assert (many.uncertainty(rows) < few.uncertainty(rows)).all()


def test_a_film_seen_leads_on_but_is_no_opinion(world: World) -> None:
    world.publish()
    ada = world.fan_of_even()
    before = ModelScores(history_of(ada.pk))
    mark_seen(user_id=ada.pk, movie=world.movies[41], watched_on=latest_day())
    after = ModelScores(history_of(ada.pk))
    rises = after.next_scores - before.next_scores  # type: ignore[operator]
    rises[41] = -np.inf
    assert set(np.argsort(-rises)[:2].tolist()) == {39, 43}
    assert before.folded is not None
    assert after.folded is not None
    np.testing.assert_allclose(after.folded.row, before.folded.row, atol=0.05)


def test_a_film_seen_on_no_known_day_does_not_pretend_to_be_recent(world: World) -> None:
    world.publish("sequence")
    user = world.member()
    rate(user_id=user.pk, movie=world.movies[10], half_stars=8)
    mark_seen(user_id=user.pk, movie=world.movies[41])
    person = recommender_for(user.pk)
    assert set(person.watch_next(2).rows.tolist()) == {8, 12}


def test_who_has_only_seen_films_is_known_but_gets_no_predicted_stars(world: World) -> None:
    world.publish()
    user = world.member()
    for place in (0, 2, 4):
        mark_seen(user_id=user.pk, movie=world.movies[place])
    person = recommender_for(user.pk)
    assert person.scores.has_known_history
    picks = person.watch_next(10)
    assert set(person.live.catalog.movie_ids[picks.rows].tolist()) <= set(world.even)
    assert set(person.scores.predictions(picks.rows)) == {None}

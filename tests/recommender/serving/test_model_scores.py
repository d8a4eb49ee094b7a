"""What the models say of one history."""

import numpy as np
import pytest

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

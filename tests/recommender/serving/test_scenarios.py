"""Rankings under the rules of a scenario."""

import numpy as np
import pytest

from catalog.models import HiddenMovie, Movie
from recommender.models import Scenario
from recommender.models.scenario import Question
from recommender.serving.member import recommender_for
from recommender.serving.ranking import Ranking
from recommender.serving.scenarios import ranked_by, rules_of
from tests.recommender.world import World


def ranked(world: World, user_id: int, n: int = 10, **values: object) -> list[int]:
    scenario = Scenario(name="try", **values)  # type: ignore[misc]
    recommender = recommender_for(user_id)
    ranking: Ranking = ranked_by(rules_of(scenario), recommender, n)
    assert (np.diff(ranking.scores) <= 1e-6).all()
    return [int(pk) for pk in recommender.live.catalog.movie_ids[ranking.rows]]


@pytest.fixture
def ada(world: World) -> int:
    world.publish()
    return world.fan_of_even().pk


def test_without_rules_it_is_the_question_alone(world: World, ada: int) -> None:
    recommender = recommender_for(ada)
    for question, ranking in (
        (Question.PICKS, recommender.top_picks(10)),
        (Question.NEXT, recommender.watch_next(10)),
        (Question.POPULAR, recommender.popular(10)),
    ):
        keys = recommender.live.catalog.movie_ids[ranking.rows].tolist()
        assert ranked(world, ada, question=question) == keys


def test_filters_keep_to_what_fits(world: World, ada: int) -> None:
    found = ranked(world, ada, rules={"filters": {"year_from": 1970, "year_to": 1985}})
    assert found
    years = Movie.objects.filter(pk__in=found).values_list("year", flat=True)
    assert all(1970 <= year <= 1985 for year in years)


def test_a_boost_lifts_a_genre_and_a_negative_one_sinks_it(world: World, ada: int) -> None:
    genre = world.genres[1].pk
    of_genre = set(Movie.objects.filter(genres=genre).values_list("pk", flat=True))

    def share(weight: float) -> int:
        boosted = ranked(world, ada, rules={"boosts": [[genre, weight]]})
        return len(of_genre.intersection(boosted))

    assert share(-5) < share(5)


def test_pins_come_first_in_their_order_unless_they_are_closed(world: World, ada: int) -> None:
    first, second, hidden, rated = (world.movies[place].pk for place in (41, 33, 35, 0))
    HiddenMovie.objects.create(user_id=ada, movie_id=hidden)
    found = ranked(world, ada, rules={"pins": [first, second, hidden, rated, 999_999]})
    assert found[:2] == [first, second]
    assert len(found) == len(set(found)) == 10
    assert not {hidden, rated} & set(found)

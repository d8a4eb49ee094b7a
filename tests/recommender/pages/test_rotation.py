"""Rows turn from day to day, and lose nothing of the best."""

import numpy as np
import pytest

from recommender.pages.home import ROW_LENGTH, draft_rows
from recommender.pages.rotation import (
    STAYING,
    WAYS,
    Turn,
    first_then_by_turn,
    length_to_ask,
    turned,
)
from recommender.pages.rows import by_stars
from recommender.serving.member import recommender_for
from recommender.serving.ranking import Ranking, Source
from tests.recommender.world import World


def ranking(films: int) -> Ranking:
    rows = np.arange(films)
    return Ranking(rows=rows, scores=-rows.astype(np.float32), source=Source.POPULARITY, version="")


def test_the_best_stay_and_all_others_have_their_day() -> None:
    asked = length_to_ask(ROW_LENGTH)
    days = [turned(ranking(asked), ROW_LENGTH, Turn(3, day)).rows.tolist() for day in range(WAYS)]
    for day in days:
        assert len(day) == ROW_LENGTH
        assert day[:STAYING] == list(range(STAYING))
        assert day == sorted(day), "the order of the ranking holds"
    assert {row for day in days for row in day} == set(range(asked))
    assert len({tuple(day) for day in days}) == WAYS
    again = turned(ranking(asked), ROW_LENGTH, Turn(3, WAYS)).rows.tolist()
    assert again == days[0]


@pytest.mark.parametrize("films", range(length_to_ask(ROW_LENGTH)))
def test_a_short_row_is_as_long_as_it_can_be(films: int) -> None:
    for day in range(WAYS):
        rows = turned(ranking(films), ROW_LENGTH, Turn(1, day)).rows.tolist()
        assert len(set(rows)) == len(rows) <= ROW_LENGTH
        assert rows[:STAYING] == list(range(min(films, STAYING)))


@pytest.mark.parametrize("items", ["", "a", "ab", "abcdefg"])
def test_the_first_stays_first_and_the_others_take_turns(items: str) -> None:
    days = [first_then_by_turn(items, 3, Turn(0, day)) for day in range(3)]
    assert all(sorted(day) == list(items) for day in days)
    assert all(day[:1] == list(items[:1]) for day in days)
    if len(items) > 3:
        assert len({tuple(day[:3]) for day in days}) == 3


def test_without_a_turn_the_page_is_what_is_best(world: World) -> None:
    world.publish()
    person = recommender_for(world.fan_of_even().pk)
    best = draft_rows(person)[0]
    today = draft_rows(person, turn=Turn(1, 1))[0]
    top = person.top_picks(STAYING).rows
    kept = set(person.live.catalog.movie_ids[top].tolist())
    assert kept <= set(best.draft.movie_ids)
    assert kept <= set(today.draft.movie_ids)
    assert set(best.draft.movie_ids) != set(today.draft.movie_ids)


def test_a_row_that_claims_stars_is_in_their_order(world: World) -> None:
    world.publish()
    person = recommender_for(world.fan_of_even().pk)
    rows = {row.key: row.draft for row in draft_rows(person, turn=Turn(1, 1))}
    shown = [round(stars or 0, 1) for stars in rows["top-picks"].predicted]
    assert shown == sorted(shown, reverse=True)


def test_a_prediction_that_cards_round_down_stands_behind(world: World) -> None:
    """4.352 is 4.35 to a card, which shows 4.3."""
    world.publish()
    person = recommender_for(world.fan_of_even().pk)
    ranking = person.top_picks(2)
    stars = person.scores.stars
    assert stars is not None
    stars[ranking.rows] = [4.352, 4.4]
    assert by_stars(person, ranking).rows.tolist() == ranking.rows[::-1].tolist()

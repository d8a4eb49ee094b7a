"""The mix of two versions, fitted on what members liked."""

from dataclasses import replace

import numpy as np
import pytest

from recommender.gate.mix import NEXT_WEIGHTS, FittedMixes, fit_mixes
from recommender.gate.page import Page
from recommender.learning.presets.mix import USUAL, Mix, Mixes
from tests.recommender.gate.ratings import snapshot_of
from tests.recommender.gate.test_page import Following, Stars, version

FILMS = np.arange(0, 62)
MEMBERS = 120


def fitted(
    stars: list[float], chances: list[float], members: int = MEMBERS, present: Mixes = USUAL
) -> FittedMixes | None:
    """Each member rated five films and liked film 60, which is held out."""
    given = [(film, 3.0) for film in range(1, 6)]
    snapshot = snapshot_of({user: [*given, (60, 5.0)] for user in range(1, members + 1)})
    rows = np.flatnonzero(snapshot.movie_ids == 60)
    hidden = snapshot.movie_ids == 60
    page = Page.of(version(Stars(stars), FILMS), version(Following(chances), FILMS))
    return fit_mixes(snapshot, rows, hidden, page, present, lambda done: None)


def level(value: float, of_liked: float) -> list[float]:
    return [value] * 60 + [of_liked, value]


def test_the_next_film_counts_more_where_it_knows_what_is_liked() -> None:
    little = replace(USUAL, top_picks=replace(USUAL.top_picks, next_weight=min(NEXT_WEIGHTS)))
    found = fitted(level(4.0, 3.87), level(-8.0, -6.5), present=little)
    assert found is not None
    assert found.mixes.top_picks.next_weight == max(NEXT_WEIGHTS)
    assert found.now == 1.0
    assert found.before < 0.5
    assert found.mixes.watch_next.next_weight >= found.mixes.top_picks.next_weight


def test_it_counts_less_where_it_misleads() -> None:
    found = fitted(level(4.0, 4.08), level(-8.0, -9.0))
    assert found is not None
    assert found.mixes.top_picks.next_weight < USUAL.top_picks.next_weight
    assert found.now > found.before


def test_what_counts_goes_on_counting_where_nothing_is_gained() -> None:
    found = fitted(level(4.0, 5.0), level(-8.0, -8.0))
    assert found is not None
    assert found.mixes == USUAL
    assert found.now == found.before == 1.0


@pytest.mark.parametrize("too_much", [{"next_weight": 0.2}, {"lately_weight": 0.2}])
def test_what_an_older_version_brought_is_bounded(too_much: dict[str, float]) -> None:
    """Such lists found more, and what they found was liked less."""
    older = replace(USUAL, top_picks=replace(USUAL.top_picks, **too_much))
    found = fitted(level(4.0, 5.0), level(-8.0, -8.0), present=older)
    assert found is not None
    assert found.mixes == USUAL


def test_nothing_is_fitted_to_a_handful_of_members() -> None:
    assert fitted(level(4.0, 3.75), level(-8.0, -6.5), members=20) is None


@pytest.mark.parametrize("mix", [Mix(next_weight=0.1, caution=0.0), USUAL.watch_next])
def test_an_offer_ranks_by_any_mix(mix: Mix) -> None:
    page = Page.of(
        version(Stars(level(4.0, 3.9)), FILMS), version(Following(level(-8.0, -6.0)), FILMS)
    )
    offer = page.offer(np.array([1, 2]), np.array([3.0, 3.0], np.float32))
    assert 1 not in offer.movie_ids
    assert offer.ranks(np.array([60]), mix).tolist() == [1.0]

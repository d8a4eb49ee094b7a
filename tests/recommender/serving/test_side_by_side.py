"""Two versions for one history: which films rose, which fell, and which only one knows."""

import numpy as np
import pytest

from recommender.data.histories import History, history_of
from recommender.learning.artifact import ArtifactError
from recommender.serving.side_by_side import LENGTH, side_by_side
from recommender.versions.artifacts import remove
from tests.recommender.world import World, factorization_arrays, publish


def liked(world: World, *places: int) -> History:
    movie_ids = np.array([world.movies[place].pk for place in places])
    return History(movie_ids=movie_ids, stars=np.full(len(places), 4.5, np.float32))


def test_the_same_version_twice_changes_nothing(world: World) -> None:
    version = world.publish("factorization")[0]
    found = side_by_side(liked(world, 0, 2), version, version)
    assert found.before == found.after
    assert len(found.before) == LENGTH
    assert {one.change for one in found.standings} == {0.0}
    assert {one.direction for one in found.standings} == {0}
    assert (found.known_before, found.known_after, found.in_stars) == (2, 2, True)


def test_a_film_that_rose_stands_first_with_its_stars(world: World) -> None:
    movie_ids = [movie.pk for movie in world.movies]
    before = world.publish("factorization")[0]
    rows = factorization_arrays(len(movie_ids))[0]["item_rows"].copy()
    rows[1 + 58, 0] += 2.0  # the film at place 58 is liked by everybody now
    after = publish("factorization", movie_ids, item_rows=rows)
    found = side_by_side(liked(world, 0, 2), before, after)
    first = found.standings[0]
    assert first.movie_id == world.movies[58].pk
    assert (first.place_before, first.place_after) == (None, 1)
    assert first.change is not None
    assert (first.change > 0.5, first.direction) == (True, 1)
    assert first.before is not None
    assert first.after == pytest.approx(first.before + first.change, abs=1e-5)


def test_films_that_one_version_does_not_know_come_last(world: World) -> None:
    movie_ids = [movie.pk for movie in world.movies]
    whole = world.publish("factorization")[0]
    without = publish("factorization", movie_ids[6:])
    found = side_by_side(liked(world, 8, 10), without, whole)
    unknown = [one for one in found.standings if one.change is None]
    assert unknown
    assert found.standings[-len(unknown) :] == unknown
    assert {one.before for one in unknown} == {None}
    assert side_by_side(liked(world, 0, 8), without, whole).known_before == 1


def test_what_comes_next_is_compared_by_its_own_scores(world: World) -> None:
    world.publish()
    versions = [world.publish("sequence")[0] for _ in range(2)]
    found = side_by_side(history_of(world.fan_of_even().pk), *versions)
    assert not found.in_stars
    assert found.before == found.after
    assert found.before


def test_only_two_of_a_kind_that_can_be_read(world: World) -> None:
    stars, following = world.publish()
    with pytest.raises(ValueError, match="of one kind"):
        side_by_side(liked(world, 0), stars, following)
    gone, _live = (world.publish("factorization")[0] for _ in range(2))
    remove(gone.artifact)
    with pytest.raises(ArtifactError):
        side_by_side(liked(world, 0), stars, gone)

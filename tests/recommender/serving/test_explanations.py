"""Why a film is recommended, to somebody who has seen films without giving them stars."""

import numpy as np
import pytest

from catalog.services.diary import latest_day
from catalog.services.seen import mark_seen
from recommender.serving.explanations import reasons
from recommender.serving.member import recommender_for
from recommender.serving.ranking import Source
from tests.recommender.world import World


def test_reasons_are_ratings_though_other_films_were_seen_besides(world: World) -> None:
    world.publish()
    ada = world.fan_of_even()
    mark_seen(user_id=ada.pk, movie=world.movies[20])
    mark_seen(user_id=ada.pk, movie=world.movies[8], watched_on=latest_day())
    person = recommender_for(ada.pk)
    assert person.live.factorization is not None
    assert person.live.sequence is not None
    stars = person.live.factorization.version.scorer
    next_ = person.live.sequence.version.scorer
    rated = person.scores.known(person.live.sequence)[1]
    watched = person.scores.watched(person.live.sequence)
    places = [watched.tolist().index(item) for item in rated]
    assert len(watched) == len(rated) + 2
    assert places == list(range(1, len(rated) + 1))
    ranking = person.top_picks(6)
    assert ranking.source is Source.BOTH
    assert person.scores.folded is not None
    for row, found in zip(ranking.rows, reasons(person.scores, ranking), strict=True):
        item = int(person.live.factorization.item_of_row[row])
        left_out = [
            next_.scores(watched)[item] - next_.scores(np.delete(watched, place))[item]
            for place in places
        ]
        explained = stars.explain_each(person.scores.folded, [item])[0, : len(rated)]
        weights = explained + ranking.next_weight * np.array(left_out)
        expected = dict(zip(person.history.movie_ids.tolist(), weights, strict=True))
        assert found
        for reason in found:
            assert reason.weight == pytest.approx(expected[reason.movie_id], abs=1e-3)

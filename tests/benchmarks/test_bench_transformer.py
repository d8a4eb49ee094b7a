"""The benchmark of the transformer tells each part apart, and draws the climb."""

from dataclasses import replace

from tests.benchmarks.bench_transformer import FEWEST, drawn, made_up, measured
from tests.recommender.learning.presets.next_item.neural.strides import QUICK, strides


def test_a_fit_is_told_by_its_parts_and_its_climb():
    told = measured(strides(), replace(QUICK, most_epochs=4), seed=0, test=True, always=True)
    assert [line["epoch"] for line in told["climb"]] == [1, 2, 3, 4]
    seconds = [line["cpu_seconds"] for line in told["climb"]]
    assert seconds == sorted(seconds)
    for part in ("validation", "test"):
        assert set(told[part]) == {"counted", "transformer", "blend"}
        assert all(0 <= one["ndcg"] <= one["hr"] <= 1 for one in told[part].values())
    assert drawn([told, told]).count("<polyline") == 2


def test_made_up_people_have_as_many_ratings_as_those_of_movielens():
    data = made_up(0.01)
    counts = [(data.user_ids == user).sum() for user in range(data.num_users)]
    assert min(counts) >= FEWEST
    assert data.item_ids.min() >= 1

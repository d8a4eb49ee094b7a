"""Ratings over the ten half-stars."""

from catalog.rendering.histogram import Histogram


def test_every_half_star_has_a_bar() -> None:
    histogram = Histogram.of({1: 3, 10: 6})
    assert [bar.stars for bar in histogram.bars] == [half / 2 for half in range(1, 11)]
    assert [bar.count for bar in histogram.bars] == [3, 0, 0, 0, 0, 0, 0, 0, 0, 6]
    assert histogram.total == 9
    assert histogram.bars[-1].height == histogram.full_height

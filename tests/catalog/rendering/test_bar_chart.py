"""The geometry of bar charts."""

from catalog.rendering.bar_chart import bars, chart_width


def test_bars_stand_on_the_ground_side_by_side() -> None:
    drawn = bars([0, 5, 10], gap=2, height=70)
    assert [bar.x for bar in drawn] == [0, 20, 40]
    assert [bar.height for bar in drawn] == [0, 35, 70]
    assert all(bar.y + bar.height == 70 for bar in drawn)
    assert drawn[-1].x + 18 == chart_width(3, gap=2)


def test_a_count_of_one_is_seen_beside_thousands() -> None:
    assert bars([1, 10_000], gap=2, height=70)[0].height == 2


def test_a_chart_of_nothing_has_no_heights() -> None:
    assert [bar.height for bar in bars([0, 0], gap=2, height=70)] == [0, 0]

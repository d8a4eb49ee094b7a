"""Ratings in a temporary file: each rater's together, in the order of the file."""

import numpy as np
import pytest

from catalog.dataset_import import rating_spool
from catalog.dataset_import.rating_spool import RatingSpool
from catalog.datasets.records import RatingBlock, RatingRow


def spooled(raters: list[int], at_once: int = 3) -> RatingSpool:
    """Ratings of these raters in turn; the items count them."""
    spool = RatingSpool()
    rows = [RatingRow(rater, item, 8, 1000 + item) for item, rater in enumerate(raters)]
    for first in range(0, len(rows), at_once):
        spool.add(RatingBlock.of(rows[first : first + at_once]))
    return spool


@pytest.mark.parametrize("size", [1, 2, 4, 100])
def test_raters_are_not_parted(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rating_spool, "SORTED_AT_ONCE", 5)
    raters = [3, 1, 3, 2, 1, 3, 9, 1, 2, 2, 7, 9]
    with spooled(raters) as spool:
        spool.finish(size)
        portions = list(spool.portions(size))
        assert spool.raters.tolist() == [1, 2, 3, 7, 9]
        assert spool.items.tolist() == list(range(12))
    found = np.concatenate(portions)
    assert sorted(found["item"].tolist()) == list(range(12))
    for rater in set(raters):
        own = found["item"][found["rater"] == rater].tolist()
        assert own == [item for item, one in enumerate(raters) if one == rater]
        assert sum(rater in portion["rater"] for portion in portions) == 1


def test_a_portion_that_holds_all_keeps_the_order_of_the_file() -> None:
    with spooled([3, 1, 2, 1]) as spool:
        spool.finish(4)
        (portion,) = spool.portions(4)
    assert portion["rater"].tolist() == [3, 1, 2, 1]
    assert portion["rated_at"].tolist() == [1000, 1001, 1002, 1003]


def test_nothing_at_all() -> None:
    with RatingSpool() as spool:
        spool.finish(5)
        assert list(spool.portions(5)) == []
        assert len(spool.raters) == len(spool.items) == 0

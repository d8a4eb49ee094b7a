"""What is learned from parts held out, and how often their members are counted."""

import numpy as np
import pytest

from recommender.learning.presets.next_item import learn as learning
from recommender.learning.presets.next_item import reranker_fit
from recommender.learning.presets.next_item.counted import Counted
from recommender.learning.presets.next_item.held_out import FOLDS
from recommender.learning.presets.next_item.learn import STEPS, learn
from recommender.learning.presets.next_item.strongest import Limits

from .test_model import rounds


class Noticed(Counted):
    """Says how often members are counted."""

    def __init__(self, data):
        super().__init__(data, Limits(10**6, 1000), 200.0)
        self.times = 0

    def members(self, held=None):
        self.times += 1
        return super().members(held)


def learned(phases=None):
    data = rounds()
    counted = Noticed(data)
    made = learn(
        counted,
        data,
        questions=300,
        shortlists=600,
        repeats=False,
        random_state=np.random.RandomState(0),
        report=lambda phase, loss: phases is None or phases.append(phase),
    )
    return counted, made


def test_a_part_is_counted_once_for_questions_and_for_lists():
    phases: list[str] = []
    counted, _ = learned(phases)
    assert counted.times == FOLDS + 1
    assert len(phases) == STEPS
    assert (phases.count("asking"), phases.count("listing")) == (3, FOLDS + 1)


@pytest.mark.parametrize(("entries", "kept"), [(0, 0), (2000, 2)])
def test_what_is_too_large_to_be_kept_is_counted_again_and_gives_the_same(
    monkeypatch, entries, kept
):
    monkeypatch.setattr(reranker_fit, "_helps", lambda *given: True)  # by chance, on such walks
    _, expected = learned()
    monkeypatch.setattr(learning, "_READY_ENTRIES", entries)
    counted, made = learned()
    assert counted.times == FOLDS + 1 + 3 - kept
    assert made.reranker
    for told, known in (
        (made.weights.arrays(), expected.weights.arrays()),
        (made.reranker, expected.reranker),
    ):
        assert told.keys() == known.keys()
        for name, array in known.items():
            np.testing.assert_array_equal(told[name], array)

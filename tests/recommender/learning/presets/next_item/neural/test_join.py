"""A transformer joins where it wins on held-out users, and stays out elsewhere."""

import numpy as np
import pytest

from recommender.learning.interactions import Interactions
from recommender.learning.presets.next_item.model import SequenceBlendModel
from recommender.learning.presets.next_item.neural import join
from recommender.learning.presets.next_item.neural.member import is_neural
from recommender.learning.presets.next_item.scorer import SequenceScorer
from tests.recommender.learning.presets.next_item.neural.strides import ITEMS, QUICK, strides
from tests.recommender.learning.presets.next_item.test_model import rounds


def fitted(data, progress=None, **settings):
    settings = {"transformer_from": 100, "recipe": QUICK, "shortlists": 250, **settings}
    model = SequenceBlendModel(random_state=0, questions=300, device="cpu", **settings)
    return model.fit(data, progress=progress)


@pytest.fixture(scope="module")
def model():
    return fitted(strides())


def neural(model):
    return {name for name in model.export()[0] if is_neural(name)}


def test_it_joins_where_neighbours_cannot_tell_what_comes_next(model):
    assert "neural_blend" in neural(model)
    test = strides(users=200, seed=1).item_ids.reshape(200, -1)
    counted = fitted(strides(), transformer_from=None)

    def right(model):
        answers = [(model.predict(test[:, :k]).argmax(axis=1) == test[:, k]) for k in (2, 3, 5)]
        return np.mean(answers)

    assert right(model) > right(counted) + 0.01


def test_it_stays_out_where_it_adds_nothing():
    assert not neural(fitted(rounds(users=120)))


def test_below_the_size_nothing_changes_by_a_bit():
    data = rounds()
    one, other = fitted(data, transformer_from=10**6), fitted(data, transformer_from=None)
    assert one.export()[1] == other.export()[1]
    assert set(one.export()[0]) == set(other.export()[0])
    for name, array in one.export()[0].items():
        np.testing.assert_array_equal(array, other.export()[0][name])


def test_a_seed_repeats_exactly(model):
    again = fitted(strides()).export()[0]
    for name, array in model.export()[0].items():
        np.testing.assert_array_equal(array, again[name])


def test_an_explanation_is_what_the_transformer_says_less_of_the_history_without(model):
    history = np.array([3, 10, 17, 24])
    both = SequenceScorer(*model.export())
    arrays = {k: v for k, v in model.export()[0].items() if not is_neural(k)}
    counted = SequenceScorer(arrays, model.export()[1])
    member = join.NeuralMember(model.export()[0])
    scale = member.counted_weight
    added = both.explain(history, 31) - scale * counted.explain(history, 31)
    said = member.log_chances(history)[31]
    without = [member.log_chances(np.delete(history, place))[31] for place in range(4)]
    weight = added[0] / (said - without[0])
    assert weight > 0
    np.testing.assert_allclose(added, weight * (said - np.array(without)), rtol=1e-2, atol=1e-3)


def test_a_history_of_one_is_explained_by_what_it_adds_to_popularity(model):
    explained = SequenceScorer(*model.export()).explain(np.array([5]), 6)
    assert np.isfinite(explained).all()
    assert explained[0] > 0


def test_an_item_that_came_after_the_training_is_not_read(model):
    arrays, settings = model.export()
    later = {**arrays, "item_neural_met": np.where(np.arange(ITEMS + 1) == 9, 0, 1)}
    member = join.NeuralMember(later)
    read = member.blend(np.zeros(ITEMS + 1), np.array([9, 3, 4]))
    np.testing.assert_array_equal(read, member.blend(np.zeros(ITEMS + 1), np.array([3, 4])))
    assert member.log_chances(np.array([3, 4])).argmin() in (0, 9)
    unchanged = np.arange(ITEMS + 1.0)
    np.testing.assert_array_equal(member.blend(unchanged, np.array([9])), unchanged)
    assert np.isfinite(SequenceScorer(later, settings).scores(np.array([9]))[1:]).all()


@pytest.mark.parametrize(("users", "items", "asked"), [(3, 100, 48), (3, 30, 30), (3000, 20, 6)])
def test_few_users_are_asked_more_than_many_and_always_of_the_newest(users, items, asked):
    data = Interactions(np.repeat(np.arange(users), items), np.tile(1 + np.arange(items), users))
    everything = np.ones(len(data), bool), np.ones(data.num_items, bool)
    who, histories, targets = join.ask_apart(data, *everything, seed=0)
    # The first item of all comes after nothing, which is no question where it is drawn.
    assert set(np.bincount(who, minlength=users).tolist()) <= {asked - 1, asked}
    assert np.count_nonzero(targets == items) == users
    for history, target in zip(histories, targets, strict=True):
        assert history.tolist() == list(range(1, target))


def test_a_warm_start_keeps_what_was_read(model):
    earlier, _ = model.export()
    data = strides(users=600)
    phases = set()
    again = SequenceBlendModel(random_state=1, transformer_from=100, recipe=QUICK, device="cpu")
    again.fit(data, warm_start=earlier, progress=lambda report: phases.add(report.phase))
    assert phases == {"counting"}
    for name in neural(model):
        np.testing.assert_array_equal(again.export()[0][name], earlier[name])


def test_what_progress_raises_ends_the_reading():
    class CancelledError(Exception):
        pass

    def cancel(report):
        if report.phase == "reading" and report.epoch:
            raise CancelledError

    with pytest.raises(CancelledError):
        fitted(strides(users=100), progress=cancel)


def test_a_lost_fit_is_continued_from_its_checkpoint():
    class LostError(Exception):
        pass

    def made():
        settings = {"transformer_from": 100, "recipe": QUICK, "shortlists": 250}
        return SequenceBlendModel(random_state=0, questions=300, device="cpu", **settings)

    first, second, epochs = made(), made(), []

    def lose(report):
        if report.phase == "reading" and report.epoch == 6:
            kept.append(first.checkpoint())
            raise LostError

    kept = []
    with pytest.raises(LostError):
        first.fit(strides(), progress=lose)
    assert first.checkpoint() is None
    second.fit(
        strides(),
        warm_start=kept[0],
        progress=lambda report: epochs.append((report.phase, report.epoch)),
    )
    phases = {phase for phase, _ in epochs}
    assert phases == {"reading", "counting"}
    assert min(epoch for phase, epoch in epochs if phase == "reading") >= 6
    assert "neural_blend" in neural(second)
    assert not {"neural_epoch", "neural_seed"} & neural(second)


def test_a_saved_model_answers_as_before(model, tmp_path):
    model.save(tmp_path)
    again = SequenceBlendModel.load(tmp_path)
    history = np.array([[3, 4, 5], [0, 1, 8]])
    np.testing.assert_allclose(again.predict(history), model.predict(history), rtol=1e-5)

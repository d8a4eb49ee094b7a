"""A saved model keeps its users' histories, from which it places them; an export has no users."""

from pathlib import Path

import numpy as np
import pytest

from recommender.learning import presets
from recommender.learning.artifact import ForeignArtifactError
from recommender.learning.interactions import Interactions
from recommender.learning.presets.next_item.model import SequenceBlendModel
from recommender.learning.presets.stars.histories import Histories
from recommender.learning.presets.stars.model import BayesianFactorizationModel
from tests.recommender.learning.presets.stars.test_model import tastes


@pytest.fixture(scope="module")
def model():
    return presets.explicit(random_state=0).fit(tastes(users=60, items=40, per_user=12))


def test_each_user_has_the_own_items_in_their_order():
    histories = Histories.of(Interactions([2, 0, 2], [5, 6, 1], ratings=[3, 4, 5]))
    assert histories.num_users == 3
    assert [items.tolist() for items, _ in map(histories.of_user, range(3))] == [[6], [], [5, 1]]
    assert histories.of_user(2)[1].tolist() == [3, 5]


@pytest.mark.parametrize("as_folder", [str, Path], ids=["str", "path"])
def test_a_saved_model_predicts_the_same_for_its_users_and_for_new_ones(model, tmp_path, as_folder):
    model.save(as_folder(tmp_path / "stars"), metrics={"rmse": 0.4})
    loaded = BayesianFactorizationModel.load(as_folder(tmp_path / "stars"))
    users = np.arange(model.num_users)
    assert (loaded.num_users, loaded.num_items) == (model.num_users, model.num_items)
    np.testing.assert_array_equal(loaded.predict(users), model.predict(users))
    folded = ([3, 4], [4.0, 2.0])
    np.testing.assert_array_equal(
        loaded.predict(loaded.fold_in(*folded)), model.predict(model.fold_in(*folded))
    )
    data = tastes(users=60, items=40, per_user=12)
    again = loaded.fit(data, warm_start=loaded.export()[0])
    assert np.abs(again.predict(users) - model.predict(users)).mean() < 0.1


def test_an_export_has_no_users_and_a_saved_model_of_another_kind_is_refused(model, tmp_path):
    assert not [name for name in model.export()[0] if name.startswith("history")]
    model.save(tmp_path)
    assert not [
        name
        for name in BayesianFactorizationModel.load(tmp_path).export()[0]
        if name.startswith("history")
    ]
    with pytest.raises(ForeignArtifactError, match="BayesianFactorizationModel"):
        SequenceBlendModel.load(tmp_path)

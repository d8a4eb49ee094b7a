"""The scorer of exported arrays serves exactly what the model predicts, without torch."""

import subprocess
import sys

import numpy as np
import pytest

from recommender.learning import presets
from recommender.learning.artifact import read_artifact, write_artifact
from recommender.learning.presets.stars.scorer import FactorizationScorer
from tests.recommender.learning.presets.stars.test_model import tastes


@pytest.fixture(scope="module")
def data():
    return tastes(users=80, items=60, per_user=25)


@pytest.fixture(scope="module")
def model(data):
    return presets.explicit(random_state=0).fit(data)


@pytest.fixture(scope="module")
def scorer(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("artifact")
    arrays, settings = model.export()
    write_artifact(folder, arrays, {"settings": settings})
    artifact = read_artifact(folder)
    return FactorizationScorer(artifact.arrays, artifact.manifest["settings"])


def test_a_folded_history_gets_what_the_model_predicts(data, model, scorer):
    for user in (0, 7, 79):
        mine = data.user_ids == user
        folded = scorer.fold_in(data.item_ids[mine], data.ratings[mine])
        assert scorer.predict(folded) == pytest.approx(model.predict(user), abs=1e-4)
        assert scorer.predict(folded, [5, 2]) == pytest.approx(model.predict(user, [5, 2]))


def test_what_was_only_seen_is_company_and_no_evidence(data, model):
    """The posterior is that of a regression whose prior alone knows the items without stars."""
    arrays, settings = model.export()
    scorer = FactorizationScorer(arrays, settings)
    items, stars, seen = [1, 2, 3], [4.5, 1.0, 3.0], [10, 11, 12, 13]
    alone, folded = scorer.fold_in(items, stars), scorer.fold_in(items, stars, seen)
    assert folded.item_ids.tolist() == [*items, *seen]
    assert not np.allclose(folded.row, alone.row), "who watched what says something"
    uninformed = {**arrays, "item_company": 0 * arrays["item_company"]}
    uninformed |= {"item_traits": 0 * arrays["item_traits"]}
    uninformed["user_prior_rows"] = arrays["user_prior_rows"] * [[1.0], [0.0], [0.0]]
    without = FactorizationScorer(uninformed, settings)
    np.testing.assert_allclose(
        without.fold_in(items, stars, seen).row, without.fold_in(items, stars).row, atol=1e-9
    )


def test_an_item_with_stars_is_not_seen_besides(scorer):
    folded = scorer.fold_in([1, 2], [4.5, 1.0], [2, 1])
    np.testing.assert_array_equal(folded.row, scorer.fold_in([1, 2], [4.5, 1.0]).row)


def test_contributions_of_stars_and_of_films_seen_add_up_to_the_score(scorer):
    folded, nobody = scorer.fold_in([1, 2], [4.5, 1.0], [10, 11]), scorer.fold_in([], [])
    for item in (5, 30):
        without, said = scorer.predict(nobody, [item]), scorer.explain(folded, item)
        assert said.shape == (4,)
        assert scorer.predict(folded, [item]) == pytest.approx(without + said.sum(), abs=1e-4)


def test_fold_in_is_the_posterior_of_a_regression(data, scorer, model):
    """The slow obvious way: whiten the prior and every rating, and solve least squares."""
    arrays, settings = model.export()
    mine = data.user_ids == 3
    items, stars = data.item_ids[mine], data.ratings[mine]
    folded = scorer.fold_in(items, stars)
    rows = arrays["item_rows"][items].astype(float)
    size = rows.shape[1]
    gram, target = np.zeros((size, size)), np.zeros(size)
    for row, upper, weight, star in zip(
        rows, arrays["item_covariances"][items], arrays["item_precisions"][items], stars,
        strict=True,
    ):  # fmt: skip
        spread = np.zeros((size, size))
        spread[np.triu_indices(size)] = upper
        spread = spread + np.triu(spread, 1).T
        seen = np.concatenate([[1.0], row[1:]])
        beside = np.concatenate([[0.0], spread[0, 1:]])
        spread[0] = spread[:, 0] = 0.0
        gram += weight * (np.outer(seen, seen) + spread)
        target += weight * (seen * (star - settings["mean"] - row[0]) - beside)
    precision = arrays["user_prior_precision"]
    noise = np.linalg.lstsq(
        gram.reshape(-1, 1), (np.linalg.inv(folded.covariance) - precision).ravel(), rcond=None
    )[0][0]
    assert noise > 0
    assert np.linalg.inv(folded.covariance) == pytest.approx(precision + noise * gram, rel=1e-4)
    count = len(items)
    size_of = np.log(np.clip(count, *settings["count_range"]))
    prior = np.array([1.0, size_of, size_of**2]) @ arrays["user_prior_rows"]
    prior += arrays["item_traits"][items].sum(0) / (count + settings["trait_shrinkage"])
    prior += arrays["item_company"][items].sum(0) / (count + 1) ** settings["company_power"]
    row = np.linalg.solve(precision + noise * gram, precision @ prior + noise * target)
    assert folded.row == pytest.approx(row, rel=1e-3, abs=1e-4)


@pytest.mark.parametrize("count", [0, 1, 2, 25])
def test_explanations_add_up_to_the_score(data, scorer, model, count):
    rows = model.export()[0]["item_rows"]
    items, stars = data.item_ids[:count], data.ratings[:count]
    folded, nobody = scorer.fold_in(items, stars), scorer.fold_in([], [])
    for item in (0, 11):
        design = np.concatenate([[1.0], rows[item, 1:]])
        parts = scorer.explain(folded, item)
        assert parts.shape == (count,)
        assert parts.sum() == pytest.approx(design @ (folded.row - nobody.row), abs=1e-4)


def test_a_better_rating_raises_the_score_of_an_alike_film(data, scorer):
    nearest = int(np.argmax(np.corrcoef(rows_of(data).T)[4] - np.eye(60)[4]))
    low, high = (scorer.fold_in([4], [stars]) for stars in (0.5, 5.0))
    assert scorer.predict(high, [nearest]) > scorer.predict(low, [nearest])
    assert scorer.explain(high, nearest)[0] > scorer.explain(low, nearest)[0]


def rows_of(data):
    """Stars less each user's mean, zero where there are none: (num_users, num_items)."""
    table = np.zeros((data.num_users, data.num_items))
    table[data.user_ids, data.item_ids] = data.ratings
    means = table.sum(1) / (table > 0).sum(1)
    return np.where(table > 0, table - means[:, None], 0.0)


def test_bad_input_is_named(model, scorer):
    arrays, settings = model.export()
    with pytest.raises(ValueError, match="item_ids must be below 60, got 60"):
        scorer.fold_in([60], [4.0])
    with pytest.raises(ValueError, match="ratings must have shape"):
        scorer.fold_in([1, 2], [4.0])
    with pytest.raises(ValueError, match="ratings must be finite"):
        scorer.fold_in([1], [np.nan])
    with pytest.raises(ValueError, match="seen_ids"):
        scorer.fold_in([1], [4.0], [60])
    with pytest.raises(ValueError, match="n must be positive, got 0"):
        scorer.similar(1, 0)
    with pytest.raises(ValueError, match="arrays must have 'item_rows'"):
        FactorizationScorer({}, settings)
    with pytest.raises(ValueError, match="settings must have 'mean'"):
        FactorizationScorer(arrays, {})


def test_serving_needs_no_torch():
    code = (
        "import sys, recommender.learning.presets.stars.scorer\n"
        "assert not {'torch', 'pandas'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

"""Warm starts of the explicit preset: as good in fewer rounds, from exports old and new."""

import dataclasses

import numpy as np
import pytest
import torch

from recommender.learning import presets
from recommender.learning.presets.stars.model import BayesianFactorizationModel
from recommender.learning.presets.stars.side_information import describe
from recommender.learning.presets.stars.start import begin
from recommender.learning.progress import Reporter
from tests.recommender.learning.presets.stars.test_model import model, rmse, split

__all__ = ["model", "split"]


def test_warm_start_is_as_good_in_fewer_rounds(split, model):
    train, test = split
    arrays, _ = model.export()
    rounds = []
    warm = presets.explicit(random_state=0).fit(
        train, warm_start=arrays, progress=lambda report: rounds.append(report.epochs)
    )
    assert rmse(warm, test) < rmse(model, test) + 0.01
    cold_rounds = []
    presets.explicit(random_state=0).fit(
        train, progress=lambda report: cold_rounds.append(report.epochs)
    )
    assert rounds[-1] < cold_rounds[-1]


def test_a_warm_start_is_there_after_one_round(split, model):
    """It carries what the features say, not only the rows: rated films and unrated ones."""
    train, test = split
    arrays, _ = model.export()
    carried = BayesianFactorizationModel(random_state=0, warm_n_iter=1)
    carried.fit(train, warm_start=arrays)
    rows_only = BayesianFactorizationModel(random_state=0, warm_n_iter=1)
    rows_only.fit(train, warm_start=of_an_older_release(arrays))
    assert abs(rmse(carried, test) - rmse(model, test)) < 0.002
    mine, theirs = (one.export()[0]["item_prior_rows"] for one in (carried, rows_only))
    distance = [np.abs(rows - arrays["item_prior_rows"]).mean() for rows in (mine, theirs)]
    assert distance[0] < 0.5 * distance[1]


def test_a_quick_update_takes_the_priors_as_they_are(split, model):
    train, _ = split
    arrays, _ = model.export()
    warm, _ = presets.explicit(random_state=0).fit(train, warm_start=arrays).export()
    for name in ("prior_precision_of_items", "penalties_of_items", "user_prior_precision"):
        np.testing.assert_array_equal(warm[name], arrays[name])
    np.testing.assert_allclose(warm["item_prior_rows"], arrays["item_prior_rows"], atol=1e-3)
    assert np.abs(warm["item_rows"] - arrays["item_rows"]).max() > 1e-4


def test_a_checkpoint_is_continued_by_the_rounds_that_were_left(split, monkeypatch):
    monkeypatch.setattr(Reporter, "due", lambda self: True)
    broken, kept = BayesianFactorizationModel(random_state=0, n_iter=5), []

    def stop(report):
        if report.epoch == 2:
            kept.append(broken.checkpoint())
            raise InterruptedError

    with pytest.raises(InterruptedError):
        broken.fit(split[0], progress=stop)
    epochs = []
    BayesianFactorizationModel(random_state=0, n_iter=5).fit(
        split[0], warm_start=kept[0], progress=lambda report: epochs.append(report.epoch)
    )
    assert max(epochs) == 3


def of_an_older_release(arrays):
    """An export from before the items' prior and the ridge penalties were kept."""
    later = ("item_prior_rows", "prior_precision_of_items", "penalties_of_items")
    return {
        name: array for name, array in arrays.items() if name not in (*later, "penalties_of_users")
    }


def test_a_warm_start_takes_an_export_of_an_older_release(split, model):
    train, test = split
    arrays = of_an_older_release(model.export()[0])
    warm = presets.explicit(random_state=0).fit(train, warm_start=arrays)
    assert rmse(warm, test) < rmse(model, test) + 0.01


def test_a_warm_start_finds_the_coefficients_on_turned_features(split, model):
    """The directions of who rates what may turn between two fits; what they say may not."""
    train, _ = split
    arrays, _ = model.export()
    known = describe(train, None, rank=32, seed=0)
    turned = dataclasses.replace(
        known,
        items=np.where(known.item_blocks == 2, -known.items, known.items),
        company=-known.company,
    )
    width = arrays["item_rows"].shape[1]
    state = np.random.RandomState(0)
    fit = begin(train, turned, 3.5, width, arrays, state, torch.device("cpu"))
    rated = np.unique(train.item_ids)
    np.testing.assert_allclose(
        fit.items.prior_mean.numpy(), arrays["item_prior_rows"][rated], atol=1e-3
    )
    company = slice(3 + turned.traits.shape[1], None)
    np.testing.assert_allclose(
        turned.company @ fit.users.coefficients.numpy()[company],
        arrays["item_company"],
        atol=1e-3,
    )


def test_the_directions_of_an_earlier_fit_are_turned_not_sought_anew(split, model):
    train, _ = split
    arrays = model.export()[0]
    older = {name: array for name, array in arrays.items() if name != "item_lengths"}
    elsewhere = np.random.RandomState(0).randn(*arrays["item_embeddings"].shape)
    sought, turned, from_elsewhere = (
        describe(train, None, 32, 0, earlier)
        for earlier in (older, arrays, {**arrays, "item_embeddings": elsewhere})
    )
    met = sought.company @ sought.company.T
    np.testing.assert_allclose(turned.company @ turned.company.T, met, atol=1e-5)
    np.testing.assert_allclose(turned.lengths, sought.lengths, rtol=1e-4)
    assert np.abs(from_elsewhere.company @ from_elsewhere.company.T - met).max() > 1e-3


def test_a_film_that_is_new_begins_where_its_features_place_it(split, model):
    train, _ = split
    arrays = {name: array.copy() for name, array in model.export()[0].items()}
    new = int(train.item_ids[0])
    for name in ("item_rows", "item_covariances", "item_prior_rows"):
        arrays[name][new] = 0.0  # as alignment leaves a film that the version did not know
    known = describe(train, None, rank=32, seed=0)
    width = arrays["item_rows"].shape[1]
    state = np.random.RandomState(0)
    fit = begin(train, known, 3.5, width, arrays, state, torch.device("cpu"))
    place = np.searchsorted(np.unique(train.item_ids), new)
    assert fit.items.mean[place].any()
    torch.testing.assert_close(fit.items.mean[place], fit.items.prior_mean[place])
    covariance = torch.linalg.inv(fit.items.precision)
    torch.testing.assert_close(fit.items.unpacked(fit.items.covariances)[place], covariance.float())

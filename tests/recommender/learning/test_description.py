"""An estimator shows its class and the settings that are not the defaults."""

import copy

import numpy as np
import pytest
import torch

from recommender.learning import presets
from recommender.learning.factorization.als import ImplicitALSModel
from recommender.learning.factorization.explicit import ExplicitFactorizationModel
from recommender.learning.factorization.implicit import ImplicitFactorizationModel
from recommender.learning.sequence.implicit import ImplicitSequenceModel


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (presets.explicit(), "BayesianFactorizationModel()"),
        (presets.sequence(random_state=3), "SequenceBlendModel(random_state=3)"),
        (ImplicitALSModel(32, l2=0.5), "ImplicitALSModel(embedding_dim=32, l2=0.5)"),
        (ExplicitFactorizationModel(), "ExplicitFactorizationModel()"),
        (
            ExplicitFactorizationModel("poisson", n_iter=10),
            "ExplicitFactorizationModel(loss='poisson')",
        ),
        (
            ImplicitFactorizationModel(loss="warp", device="cpu"),
            "ImplicitFactorizationModel(loss='warp', device='cpu')",
        ),
        (
            ImplicitSequenceModel("softmax", "cnn", optimizer_func=torch.optim.SGD),
            "ImplicitSequenceModel(loss='softmax', representation='cnn', optimizer_func=SGD)",
        ),
        (
            ImplicitALSModel(random_state=np.random.RandomState(0)),
            "ImplicitALSModel(random_state=RandomState)",
        ),
    ],
)
def test_settings_that_differ_from_the_defaults_are_shown(model, expected):
    assert repr(model) == expected
    assert repr(copy.deepcopy(model)) == expected


def test_an_unknown_setting_is_refused():
    with pytest.raises(TypeError, match="n_iterations"):
        ImplicitALSModel(n_iterations=3)


@pytest.mark.parametrize(
    "model",
    [
        presets.explicit(),
        presets.sequence(),
        ExplicitFactorizationModel(),
        ImplicitFactorizationModel(),
        ImplicitALSModel(),
        ImplicitSequenceModel(),
    ],
    ids=lambda model: type(model).__name__,
)
def test_all_models_can_do_the_same(model):
    for name in ("fit", "predict", "recommend", "similar_items", "save", "load"):
        assert callable(getattr(model, name)), name
    if not isinstance(model, ImplicitSequenceModel | type(presets.sequence())):
        assert callable(model.fold_in)

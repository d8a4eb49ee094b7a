"""A fit looks at ratings cell by cell; how large the cells are changes nothing."""

import numpy as np
import pytest

from recommender.learning import presets
from recommender.learning.presets.stars import cells, first_ratings, side

from .test_model import tastes


@pytest.mark.parametrize("weighted", [False, True])
def test_small_cells_give_what_one_large_one_gives(monkeypatch, weighted):
    weights = np.random.RandomState(1).randint(0, 3, 150 * 40) if weighted else None
    data = tastes(weights=weights)
    whole = presets.explicit(random_state=0).fit(data)
    monkeypatch.setattr(cells, "ROWS_AT_ONCE", 17)
    monkeypatch.setattr(cells, "OTHERS_AT_ONCE", 23)
    monkeypatch.setattr(side, "PRODUCTS_AT_ONCE", 5)
    monkeypatch.setattr(first_ratings, "AT_ONCE", 7)
    in_cells = presets.explicit(random_state=0).fit(data)
    users = np.arange(20)
    np.testing.assert_allclose(in_cells.predict(users), whole.predict(users), atol=2e-3)

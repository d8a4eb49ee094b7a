"""No member is in a pack: neither a row for each of them, nor a key, nor a name."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import connection
from numpy.typing import NDArray

from catalog.models import Rating
from recommender.learning.artifact import read_artifact
from recommender.models import ModelVersion, RetrainingPolicy
from recommender.versions.packs import pack_versions
from tests.recommender.rated_world import add_ratings
from tests.recommender.training.test_pipeline import run_here
from tests.recommender.world import build_world

MEMBERS = 83  # of which nothing else in a model is a number
FIRST_KEY = 7_000_000
NAME = "unmistakable-person-"

Arrays = Mapping[str, NDArray[Any]]


def keys_in(arrays: Arrays, keys: NDArray[np.int64]) -> list[str]:
    """Arrays in which a member's key stands, as a number of any kind."""
    return [name for name, one in arrays.items() if np.isin(one.astype(np.float64), keys).any()]


def rows_for_each(arrays: Arrays) -> list[str]:
    """Arrays with as many rows or columns as there are members, with or without one for nobody."""
    sizes = {MEMBERS, MEMBERS + 1}
    return [name for name, one in arrays.items() if sizes & set(one.shape)]


@pytest.fixture
def keys(transactional_db: None, artifacts: Path) -> NDArray[np.int64]:
    """Of the members whose ratings both kinds learned from."""
    world = build_world()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT setval('accounts_user_id_seq', {FIRST_KEY})")
    add_ratings(world, users=MEMBERS, prefix=NAME)
    RetrainingPolicy(holdout_percent=10, gate_minimum_questions=50).save()
    for kind in ("factorization", "sequence"):
        run_here(kind)
    raters = Rating.objects.order_by("user_id").values_list("user_id", flat=True).distinct()
    return np.array(raters)


def test_what_a_pack_holds_is_of_films(keys: NDArray[np.int64], tmp_path: Path) -> None:
    """
    GIVEN models that were trained on the ratings of members with keys and a number of their own
    WHEN they are packed
    THEN no array and no text of the pack has to do with any of them
    """
    assert len(keys) == MEMBERS
    assert keys.min() > FIRST_KEY
    live = [ModelVersion.objects.live(kind) for kind in ("factorization", "sequence")]
    pack_versions([version for version in live if version], tmp_path / "starter.zip")
    with zipfile.ZipFile(tmp_path / "starter.zip") as pack:
        pack.extractall(tmp_path)
        told = b"".join(pack.read(name) for name in pack.namelist())
    for kind in ("factorization", "sequence"):
        arrays = read_artifact(tmp_path / kind).arrays
        assert len(arrays) > 3
        assert keys_in(arrays, keys) == []
        assert rows_for_each(arrays) == []
    assert NAME.encode() not in told
    assert not [key for key in keys.tolist() if str(key).encode() in told]


def test_a_member_in_an_array_would_be_found() -> None:
    keys = np.arange(FIRST_KEY, FIRST_KEY + MEMBERS)
    harmless = {"item_biases": np.zeros(61, np.float32), "counts": np.arange(300)}
    assert keys_in(harmless, keys) == rows_for_each(harmless) == []
    for kind in (np.int32, np.int64, np.float64):
        assert keys_in({"of": keys[:3].astype(kind).reshape(1, 3)}, keys) == ["of"]
    assert rows_for_each({"user_factors": np.zeros((MEMBERS, 8))}) == ["user_factors"]
    assert rows_for_each({"user_factors": np.zeros((8, MEMBERS + 1))}) == ["user_factors"]

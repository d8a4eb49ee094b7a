"""A site whose trainings take no time."""

from collections.abc import Callable
from typing import Any

import pytest

from recommender.models import ModelVersion
from tests.recommender.stand_in import train_stand_ins
from tests.recommender.training.test_pipeline import run_here
from tests.recommender.world import World


@pytest.fixture
def preset(monkeypatch: pytest.MonkeyPatch, rated_world: World) -> Callable[..., None]:
    def use(**behaviour: Any) -> None:
        train_stand_ins(monkeypatch, **behaviour)

    use()
    return use


@pytest.fixture
def live(preset: Callable[..., None]) -> ModelVersion:
    run_here("factorization")
    version = ModelVersion.objects.live("factorization")
    assert version is not None
    return version

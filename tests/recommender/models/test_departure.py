"""A member who deletes the account leaves the models at the next training, whatever its mode."""

from typing import Any

import pytest
from numpy.typing import NDArray

from catalog.services.ratings import rate
from moviesite.accounts.deletion import delete_account
from moviesite.accounts.models import User
from recommender import kinds
from recommender.data.snapshot import take_snapshot
from recommender.learning.artifact import read_artifact
from recommender.models import ModelVersion, RunMode, TrainingRun
from recommender.training.checkpoints import Checkpointer, last_checkpoint
from recommender.versions.artifacts import local_folder
from tests.recommender.rated_world import USERS
from tests.recommender.training.test_pipeline import run_here, stand_in
from tests.recommender.world import World

__all__ = ["stand_in"]


@pytest.fixture
def leaving(rated_world: World) -> User:
    user = User.objects.create_user("leaving")
    for place, movie in enumerate(rated_world.movies):
        rate(user_id=user.pk, movie=movie, half_stars=1 + place % 10)
    return user


def published(version: ModelVersion) -> dict[str, NDArray[Any]]:
    return read_artifact(local_folder(version.artifact)).arrays


@pytest.mark.usefixtures("stand_in")
def test_the_next_quick_update_begins_from_nothing(leaving: User) -> None:
    run_here("factorization")
    assert run_here("factorization", RunMode.QUICK).version.warm_started_from is not None  # type: ignore[union-attr]
    delete_account(leaving)

    run = run_here("factorization", RunMode.QUICK)

    assert run.version is not None
    assert run.version.warm_started_from is None
    assert "A member has left" in run.log
    again = run_here("factorization", RunMode.QUICK)
    assert again.version is not None
    assert again.version.warm_started_from == run.version, "only once"


def test_a_checkpoint_with_the_member_is_not_taken_up(leaving: User, artifacts: Any) -> None:
    lost = TrainingRun.objects.create(kind="factorization", mode="full", trigger="manual")
    snapshot = take_snapshot()
    Checkpointer(lost, snapshot, 5).keep({"item_rows": snapshot.item_movie_ids * 1.0})
    successor = TrainingRun(kind="factorization", mode="full", resumes=lost)
    assert last_checkpoint(successor, 5, snapshot.fingerprint.deleted_accounts) is not None
    delete_account(leaving)
    assert last_checkpoint(successor, 5, take_snapshot().fingerprint.deleted_accounts) is None


@pytest.mark.parametrize("kind", kinds.names())
def test_no_published_array_has_a_row_for_each_user(leaving: User, kind: str) -> None:
    version = run_here(kind).version
    assert version is not None
    users = {USERS, USERS + 1}
    for name, array in published(version).items():
        assert not users & set(array.shape), f"{name} {array.shape}"
        assert "user_ids" not in name

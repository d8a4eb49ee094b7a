"""Live, retired, rejected: the rows and files of versions."""

from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from recommender.models import ModelVersion, VersionStatus
from recommender.serving import live_versions
from recommender.versions.publish import (
    LiveVersionChangedError,
    LiveVersionPinnedError,
    PublishingError,
    prune,
    publish,
    publish_candidate,
    rollback,
    set_pinned,
)
from tests.recommender.world import World


def test_the_database_allows_one_live_version_per_kind(world: World) -> None:
    world.publish()
    for kind in ("factorization", "sequence"):
        with pytest.raises(IntegrityError, match="one_live_version"), transaction.atomic():
            ModelVersion.objects.create(
                kind=kind, status="live", artifact="x/1", trained_at=timezone.now()
            )


def test_a_published_version_is_served_at_the_next_look(world: World) -> None:
    first = world.publish("factorization")[0]
    assert live_versions.live_versions.current()["factorization"].pk == first.pk
    second = world.publish("factorization")[0]
    assert live_versions.live_versions.current()["factorization"].pk == second.pk
    rollback("factorization")
    assert live_versions.live_versions.current()["factorization"].pk == first.pk


def test_a_damaged_version_is_not_published(world: World, artifacts: Path) -> None:
    first, second = world.publish("sequence")[0], world.publish("sequence")[0]
    (artifacts / first.artifact / "model.safetensors").write_bytes(b"cut")
    first.refresh_from_db()
    with pytest.raises(PublishingError, match="cannot be read"):
        publish(first, "test")
    assert ModelVersion.objects.live("sequence") == second


def test_rollback_passes_over_versions_that_cannot_be_read(world: World, artifacts: Path) -> None:
    first, second, _third = (world.publish("sequence")[0] for _ in range(3))
    (artifacts / second.artifact / "manifest.json").unlink()
    assert rollback("sequence") == first


def test_rollback_without_a_predecessor(world: World) -> None:
    version = world.publish("sequence")[0]
    with pytest.raises(PublishingError, match="no earlier sequence version"):
        rollback("sequence")
    assert ModelVersion.objects.live("sequence") == version
    with pytest.raises(PublishingError, match="got 'nonsense'"):
        rollback("nonsense")


def test_a_candidate_needs_a_fresh_comparison(world: World) -> None:
    compared, now_live = world.publish("sequence")[0], world.publish("sequence")[0]
    candidate = ModelVersion.objects.get(pk=compared.pk)
    with pytest.raises(LiveVersionChangedError):
        publish_candidate(candidate, "better", compared_with=compared)
    set_pinned(ModelVersion.objects.get(pk=now_live.pk), True)
    with pytest.raises(LiveVersionPinnedError):
        publish_candidate(candidate, "better", compared_with=now_live)
    assert ModelVersion.objects.live("sequence") == now_live


def test_pruning_keeps_the_newest_the_live_and_the_pinned(world: World, artifacts: Path) -> None:
    versions = [world.publish("factorization")[0] for _ in range(6)]
    for version in versions:
        version.refresh_from_db()
    set_pinned(versions[1], True)
    publish(ModelVersion.objects.get(pk=versions[2].pk), "an older one goes live")
    (artifacts / "factorization" / "999").mkdir()

    removed = prune("factorization", keep=2)

    assert sorted(removed) == sorted(
        ["factorization/999", versions[0].artifact, versions[3].artifact]
    )
    left = {path.name for path in (artifacts / "factorization").iterdir()}
    assert left == {str(versions[place].pk) for place in (1, 2, 4, 5)}
    versions[0].refresh_from_db()
    assert versions[0].artifact == ""
    assert versions[0].status == VersionStatus.RETIRED
    with pytest.raises(PublishingError, match="no files"):
        publish(versions[0], "test")


def test_pruning_leaves_the_other_kind_alone(world: World, artifacts: Path) -> None:
    world.publish()
    for _ in range(3):
        world.publish("factorization")
    prune("factorization", keep=1)
    assert len(list((artifacts / "sequence").iterdir())) == 1

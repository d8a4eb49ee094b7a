"""From ratings to a live version, with the real presets on a small world."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from catalog.models import Movie, Rating
from recommender import kinds
from recommender.gate.holdout import held_out
from recommender.learning.artifact import read_artifact
from recommender.learning.presets.mix import Mix, Mixes
from recommender.models import (
    ModelVersion,
    RetrainingPolicy,
    RunMode,
    RunStatus,
    RunTrigger,
    TrainingRun,
    VersionStatus,
)
from recommender.runs.request import request_run
from recommender.serving.live import live_state
from recommender.serving.live_versions import live_versions
from recommender.training import fit
from recommender.training.pipeline import train
from recommender.versions.artifacts import local_folder
from recommender.versions.load import load
from recommender.versions.packs import install_pack, pack_versions
from recommender.versions.publish import publish
from tests.recommender.stand_in import train_stand_ins
from tests.recommender.world import World

REAL_FIT = fit.fit_model


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Presets made by hand, for tests that are not about fitting."""

    def use(**behaviour: Any) -> None:
        train_stand_ins(monkeypatch, **behaviour)

    use()
    return use


def run_here(kind: str, mode: str = RunMode.FULL) -> TrainingRun:
    run, new = request_run(kind, mode=mode, trigger=RunTrigger.MANUAL, deliver=False)
    assert new
    ended = train(run.pk)
    assert ended is not None
    return ended


@pytest.mark.parametrize("kind", kinds.names())
def test_a_first_training_publishes_a_version(rated_world: World, kind: str) -> None:
    run = run_here(kind)

    assert run.status == RunStatus.SUCCEEDED, run.log
    live = ModelVersion.objects.live(kind)
    assert live is not None
    assert run.version == live
    assert live.rating_count == Rating.objects.count()
    assert live.watermark == Rating.objects.latest("updated_at").updated_at
    assert len(live.data_hash) == 64
    assert live.code_version.startswith("0.1.0")
    assert live.metrics["questions"] >= 50
    assert "baseline" in live.reason
    loaded = load(live)
    assert loaded.movie_ids.tolist() == [0, *sorted(movie.pk for movie in rated_world.movies)]


def test_it_learns_the_tastes(rated_world: World) -> None:
    run_here("factorization")
    live = ModelVersion.objects.live("factorization")
    assert live is not None
    assert live.metrics["rmse"] < 0.8 * live.metrics["against_rmse"]


def test_held_out_ratings_reach_no_fit(
    rated_world: World, stand_in: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted_on: list[tuple[float, ...]] = []

    def spy(kind: str, interactions: Any, **options: Any) -> Any:
        fitted_on.extend(zip(interactions.timestamps, interactions.item_ids, strict=True))
        return REAL_FIT(kind, interactions, **options)

    monkeypatch.setattr("recommender.training.stages.fit_model", spy)
    run_here("factorization")

    rows = list(Rating.objects.values_list("user_id", "movie_id", "rated_at"))
    users, movies = (np.array([row[column] for row in rows]) for column in (0, 1))
    kept_out = held_out(users, movies, 10)
    assert 0.05 < kept_out.mean() < 0.15
    item_of = {pk: item for item, pk in enumerate(sorted(set(movies.tolist())), 1)}
    secret = {
        (int(row[2].timestamp()), item_of[row[1]])
        for row, out in zip(rows, kept_out, strict=True)
        if out
    }
    assert len(fitted_on) == int((~kept_out).sum())
    assert not secret & {(int(time), int(item)) for time, item in fitted_on}


def test_a_quick_update_continues_from_the_live_version(rated_world: World) -> None:
    run_here("factorization")
    first = ModelVersion.objects.live("factorization")
    new_film = Movie.objects.create(title="Brand new", year=2026)

    run = run_here("factorization", RunMode.QUICK)

    assert run.status == RunStatus.SUCCEEDED, run.log
    second = ModelVersion.objects.live("factorization")
    assert second is not None
    assert first is not None
    assert second.warm_started_from == first
    assert second.pk != first.pk
    assert new_film.pk in load(second).movie_ids
    first.refresh_from_db()
    assert first.status == VersionStatus.RETIRED
    assert f"against {second.metrics['against_rmse']:.4f} of the live version" in second.reason


def test_nothing_is_continued_that_held_out_less(
    rated_world: World, stand_in: Callable[..., None]
) -> None:
    run_here("factorization")
    ModelVersion.objects.update(settings={"holdout_percent": 1})
    run = run_here("factorization", RunMode.QUICK)
    assert run.version is not None
    assert run.version.warm_started_from is None
    assert "held out fewer ratings" in run.log


@pytest.mark.parametrize("kind", kinds.names())
def test_a_pulled_version_is_no_bar(
    rated_world: World, stand_in: Callable[..., None], tmp_path: Path, kind: str
) -> None:
    """Nobody knows which of the held-out ratings it has seen."""
    pack_versions(rated_world.publish(), tmp_path / "starter.zip")
    ModelVersion.objects.all().delete()
    install_pack(tmp_path / "starter.zip")
    stand_in(bad=True)
    run = run_here(kind, RunMode.QUICK)
    assert run.version == ModelVersion.objects.live(kind)
    assert run.version is not None
    assert run.version.warm_started_from is None
    assert "not judged: 0 held-out ratings" in run.version.reason


def test_a_bad_candidate_is_kept_but_not_published(
    rated_world: World, stand_in: Callable[..., None]
) -> None:
    run_here("factorization")
    live = ModelVersion.objects.live("factorization")
    stand_in(bad=True)
    run = run_here("factorization")

    assert run.status == RunStatus.SUCCEEDED
    assert ModelVersion.objects.live("factorization") == live
    assert run.version is not None
    assert run.version.status == VersionStatus.REJECTED
    assert "worse" in run.version.reason
    assert read_artifact(local_folder(run.version.artifact)).arrays


@pytest.mark.parametrize("kind", kinds.names())
def test_the_same_ratings_give_the_same_version(rated_world: World, kind: str) -> None:
    first, second = run_here(kind).version, run_here(kind).version
    assert first is not None
    assert second is not None
    assert first.seed == second.seed
    one, other = (read_artifact(local_folder(made.artifact)).arrays for made in (first, second))
    assert one.keys() == other.keys()
    for name, array in one.items():
        np.testing.assert_array_equal(array, other[name], err_msg=name)
    assert second.metrics["gate_gain"] == 0


def test_a_candidate_is_compared_on_the_page_and_forward_in_time(
    rated_world: World, stand_in: Callable[..., None]
) -> None:
    RetrainingPolicy(holdout_percent=20, gate_minimum_questions=20).save()
    run_here("sequence")
    first = run_here("factorization").version
    second = run_here("factorization").version
    assert first is not None
    assert second is not None
    assert "gate_opponent" not in first.metrics
    assert second.metrics["gate_opponent"] == first.pk
    for name in ("gate_gain", "forward_gain", "page_gain"):
        assert second.metrics[name] == 0
    assert "top picks" in second.reason
    stand_in(bad=True)
    third = run_here("sequence").version
    assert third is not None
    assert third.metrics["page_gain"] < 0
    assert "page" in third.reason.rpartition("turned down by")[2]


def test_how_both_count_is_fitted_to_the_other_kind_and_served(
    rated_world: World, stand_in: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recommender.gate.mix.FEWEST_MEMBERS", 1)
    RetrainingPolicy(holdout_percent=20, gate_minimum_questions=20).save()
    alone = run_here("sequence").version
    beside = run_here("factorization").version
    assert alone is not None
    assert beside is not None
    assert "mixes" not in alone.settings
    fitted = Mixes.from_settings(beside.settings["mixes"])
    assert beside.metrics["mix_ndcg"] >= beside.metrics["mix_ndcg_before"]
    assert live_state().mixes == fitted
    changed = replace(fitted, top_picks=Mix(next_weight=0.3, caution=0.5))
    ModelVersion.objects.filter(pk=beside.pk).update(settings={"mixes": changed.settings()})
    live_versions.forget()
    assert live_state().mixes.top_picks == Mix(next_weight=0.3, caution=0.5)


def test_small_losses_do_not_add_up(rated_world: World, stand_in: Callable[..., None]) -> None:
    """A candidate that is as good as the live version, and worse than the one before that."""
    best = run_here("sequence").version
    stand_in(bad=True)
    worse = run_here("sequence").version
    assert best is not None
    assert worse is not None
    publish(worse, "an operator wanted it so")
    run = run_here("sequence")
    assert run.version is not None
    assert run.version.metrics["gate_gain"] == 0
    assert run.version.metrics["best_gain"] < 0
    assert run.version.status == VersionStatus.REJECTED
    assert f"version {best.pk}, the best lately" in run.version.reason


def test_a_pinned_live_version_stays(rated_world: World, stand_in: Callable[..., None]) -> None:
    run_here("factorization")
    ModelVersion.objects.update(pinned=True)
    run = run_here("factorization")
    assert run.version is not None
    assert run.version.status == VersionStatus.CANDIDATE
    assert "pinned" in run.version.reason


def test_without_ratings_it_says_so(transactional_db: None, artifacts: Any) -> None:
    run = run_here("sequence")
    assert run.status == RunStatus.FAILED
    assert "there are no ratings to train on" in run.reason


def test_a_run_is_done_once(rated_world: World, stand_in: Callable[..., None]) -> None:
    run = run_here("sequence")
    assert train(run.pk) is None
    assert ModelVersion.objects.filter(kind="sequence").count() == 1


def test_a_second_request_finds_the_first(rated_world: World) -> None:
    first, _ = request_run("sequence", mode="quick", trigger="manual", deliver=False)
    second, new = request_run("sequence", mode="full", trigger="schedule", deliver=False)
    assert (second, new) == (first, False)
    second.refresh_from_db()
    assert second.mode == RunMode.FULL

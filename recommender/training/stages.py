"""The stages of a training: snapshot, fit, store, evaluate, gate, publish."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.utils import timezone
from numpy.typing import NDArray

from recommender import kinds
from recommender.data.movie_features import content_marks
from recommender.data.snapshot import Snapshot, take_snapshot
from recommender.gate.compare import HOLDOUT, Comparison, compare
from recommender.gate.holdout import held_out
from recommender.gate.verdict import Verdict, verdict_metrics
from recommender.kinds import StarKind
from recommender.learning.artifact import ArtifactError, read_artifact
from recommender.models import ModelVersion, RetrainingPolicy, RunMode, TrainingRun, VersionStatus
from recommender.models.modelversion import SNAPSHOT_AT
from recommender.runs.claim import settle
from recommender.runs.errors import NoRoomError, TrainingError
from recommender.runs.memory import no_room
from recommender.training.checkpoints import DELETED_ACCOUNTS, Checkpointer, last_checkpoint
from recommender.training.fit import Fitted, fit_model, place_name
from recommender.training.report import RunReporter
from recommender.training.warm_start import MOVIE_IDS, align_items
from recommender.versions import artifacts
from recommender.versions.artifacts import local_folder
from recommender.versions.code_version import code_version
from recommender.versions.load import CONTENT_MARKS, FEATURE_CODES, MIXES
from recommender.versions.publish import (
    LiveVersionChangedError,
    LiveVersionPinnedError,
    prune,
    publish_candidate,
    reject,
)

MOST_COMPARISONS = 3


def run_stages(run: TrainingRun, reporter: RunReporter, policy: RetrainingPolicy) -> ModelVersion:
    """Train, judge and, if it may, publish a version of ``run.kind``. Returns the version.

    Raises `TrainingError` and whatever the parts raise; nothing half-made is left visible then.
    """
    if why := no_room(run.kind):
        raise NoRoomError(f"not begun: {why}")
    reporter.phase("snapshot")
    snapshot = take_snapshot(check=reporter.check)
    percent = policy.holdout_percent
    training = ~held_out(snapshot.user_ids, snapshot.movie_ids, percent)
    if not training.any():
        raise TrainingError("there are no ratings to train on")
    seen = snapshot.fingerprint
    reporter.log(
        f"Snapshot: {seen.rating_count} ratings up to {seen.watermark}, "
        f"{len(snapshot.item_movie_ids) - 1} films; {int((~training).sum())} ratings held out."
    )

    seed = seed_of(run.kind)
    parent, warm_start = _starting_point(run, reporter, snapshot, percent)
    fitted = _fit(run, reporter, snapshot, training, seed, warm_start, percent)

    version = ModelVersion(
        pk=_next_version_number(),
        kind=run.kind,
        trained_at=timezone.now(),
        warm_started_from=parent,
        rating_count=seen.rating_count,
        watermark=seen.watermark,
        data_hash=seen.data_hash,
        code_version=code_version(),
        seed=seed,
        settings={
            **fitted.settings,
            "mode": run.mode,
            HOLDOUT: percent,
            DELETED_ACCOUNTS: seen.deleted_accounts,
            SNAPSHOT_AT: seen.taken_at.isoformat(),
        },
    )
    reporter.phase("store")
    version.artifact = f"{run.kind}/{version.pk}"
    _store(version, snapshot, fitted)
    try:
        _judge_and_publish(run, version, snapshot, training, reporter, policy)
    except BaseException:
        if not ModelVersion.objects.filter(pk=version.pk).exists():
            artifacts.remove(version.artifact)
        raise
    prune(run.kind, policy.keep_versions)
    return version


def seed_of(kind: str) -> int:
    """The seed of every training of a kind, so that the same ratings give the same version.

    The folds of a fit follow from it too. Two versions of a kind then differ by what they have
    learned from, not by the luck of a draw, which is as large as what a gate is to see.
    """
    return int.from_bytes(hashlib.sha256(f"matinee {kind}".encode()).digest()[:4]) >> 1


def _starting_point(
    run: TrainingRun, reporter: RunReporter, snapshot: Snapshot, percent: float
) -> tuple[ModelVersion | None, Mapping[str, NDArray[Any]] | None]:
    """The version that is continued from, and its arrays on the items of now.

    A run that takes up a lost one goes on from that one's checkpoint. Nothing is continued from
    that has trained on a rating held out now, or on those of a member who has left since.
    """
    deleted_accounts = snapshot.fingerprint.deleted_accounts
    parent = None
    if run.mode == RunMode.QUICK:
        parent = ModelVersion.objects.live(run.kind)
        if parent is not None and parent.settings.get(HOLDOUT, 0) < percent:
            reporter.log(f"{parent} held out fewer ratings: training from scratch.")
            parent = None
        elif parent is not None and parent.settings.get(DELETED_ACCOUNTS, 0) != deleted_accounts:
            reporter.log(f"A member has left since {parent}: training from scratch.")
            parent = None
    arrays = last_checkpoint(run, percent, deleted_accounts)
    if arrays is not None:
        reporter.log("Continuing from the checkpoint of the lost run.")
    elif run.resumes is not None:
        reporter.log("There is no checkpoint of the lost run: beginning as it did.")
    if arrays is None and parent is not None:
        try:
            arrays = read_artifact(local_folder(parent.artifact)).arrays
        except ArtifactError as error:
            reporter.log(f"{parent} cannot be continued from: {error}. Training from scratch.")
            parent = None
        else:
            reporter.log(f"Continuing from {parent}.")
    return parent, None if arrays is None else align_items(arrays, snapshot.item_movie_ids)


def _fit(
    run: TrainingRun,
    reporter: RunReporter,
    snapshot: Snapshot,
    training: NDArray[np.bool_],
    seed: int,
    warm_start: Mapping[str, NDArray[Any]] | None,
    percent: float,
) -> Fitted:
    reporter.phase("fit")
    learns_stars = isinstance(kinds.get(run.kind), StarKind)
    interactions = (snapshot.rated_and_seen if learns_stars else snapshot.watched)(training)
    fitted = fit_model(
        run.kind,
        interactions,
        seed=seed,
        warm_start=warm_start,
        progress=reporter,
        say=reporter.log,
        on_place=lambda place: reporter.device(place_name(place)),
        checkpointer=Checkpointer(run, snapshot, percent),
    )
    reporter.log(f"Fitted with seed {seed}.")
    return fitted


def _store(version: ModelVersion, snapshot: Snapshot, fitted: Fitted) -> None:
    seen = snapshot.fingerprint
    manifest = {
        "kind": version.kind,
        "version": version.pk,
        "trained_at": version.trained_at.isoformat(),
        "settings": fitted.settings,
        "seed": version.seed,
        "code_version": version.code_version,
        "data": {
            "rating_count": seen.rating_count,
            "watermark": seen.watermark and seen.watermark.isoformat(),
            "sha256": seen.data_hash,
            HOLDOUT: version.settings[HOLDOUT],
        },
    }
    arrays = {
        **fitted.arrays,
        MOVIE_IDS: snapshot.item_movie_ids,
        FEATURE_CODES: snapshot.feature_codes,
        CONTENT_MARKS: content_marks(snapshot.item_features, snapshot.feature_codes),
    }
    artifacts.store(version.artifact, arrays, manifest)


def _judge_and_publish(
    run: TrainingRun,
    version: ModelVersion,
    snapshot: Snapshot,
    training: NDArray[np.bool_],
    reporter: RunReporter,
    policy: RetrainingPolicy,
) -> None:
    """Save the version with its metrics, and publish or reject it."""
    for _ in range(MOST_COMPARISONS):
        live = ModelVersion.objects.live(version.kind)
        comparison = compare(version, live, snapshot, training, reporter, policy)
        _keep(version, comparison)
        verdict = comparison.verdict
        reporter.log(f"Gate: {verdict.reason}.")
        reporter.phase("publish")
        try:
            with transaction.atomic():
                settle(run, version)
                if verdict.passed:
                    publish_candidate(version, verdict.reason, compared_with=live)
                else:
                    reject(version, verdict.reason)
        except LiveVersionPinnedError as error:
            return _leave(run, version, f"passed the gate, not published: {error}")
        except LiveVersionChangedError as error:
            reporter.log(f"{error}: comparing again.")
        else:
            return None
    return _leave(run, version, "not published: the live version kept changing")


def _leave(run: TrainingRun, version: ModelVersion, reason: str) -> None:
    """Keep the version as a candidate, which an operator may publish."""
    with transaction.atomic():
        settle(run, version)
        version.status = VersionStatus.CANDIDATE
        version.reason = reason
        version.save(update_fields=["status", "reason"])


def _keep(version: ModelVersion, comparison: Comparison) -> None:
    verdict: Verdict = comparison.verdict
    version.metrics = {
        **comparison.candidate,
        **{f"against_{name}": value for name, value in comparison.opponent.items()},
        **verdict_metrics(verdict),
        "questions": comparison.questions,
    }
    if (fitted := comparison.mixes) is not None:
        version.settings = {**version.settings, MIXES: fitted.mixes.settings()}
        version.metrics |= {"mix_ndcg": fitted.now, "mix_ndcg_before": fitted.before}
    if comparison.live is not None:
        version.metrics["gate_opponent"] = comparison.live
    version.reason = verdict.reason
    version.save()


def _next_version_number() -> int:
    """Taken before the row exists, so that the artifact's folder can have the number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [_TABLE])
        return int(cursor.fetchone()[0])


_TABLE = ModelVersion._meta.db_table

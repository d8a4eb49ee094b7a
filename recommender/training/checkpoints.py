"""Checkpoints of a training, from which its successor continues.

A checkpoint is an artifact of its own, under ``checkpoints/<run>``. No held-out rating is in it,
so that whoever continues from it can still be judged by the gate.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import structlog
from numpy.typing import NDArray

from recommender.data.snapshot import Snapshot
from recommender.learning.artifact import ArtifactError, read_artifact
from recommender.models import TrainingRun
from recommender.training.warm_start import MOVIE_IDS
from recommender.versions import artifacts
from recommender.versions.artifacts import local_folder

log = structlog.get_logger(__name__)

FOLDER = "checkpoints"
SECONDS_BETWEEN = 15.0
DELETED_ACCOUNTS = "departures"  # as stored with checkpoints and versions


class Checkpointer:
    """Keeps a run's arrays now and then. A failure to keep them costs only the checkpoint."""

    def __init__(self, run: TrainingRun, snapshot: Snapshot, percent: float) -> None:
        self._name = f"{FOLDER}/{run.pk}"
        self._movie_ids = snapshot.item_movie_ids
        self._manifest = {
            "holdout_percent": percent,
            DELETED_ACCOUNTS: snapshot.fingerprint.deleted_accounts,
        }
        self._kept_at = time.monotonic()

    @property
    def due(self) -> bool:
        return time.monotonic() - self._kept_at >= SECONDS_BETWEEN

    def keep(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._kept_at = time.monotonic()
        try:
            artifacts.store(
                self._name,
                {**arrays, MOVIE_IDS: self._movie_ids},
                self._manifest,
            )
        except OSError as error:
            log.warning("checkpoint_not_kept", name=self._name, error=repr(error))


def last_checkpoint(
    run: TrainingRun, percent: float, deleted_accounts: int
) -> dict[str, NDArray[Any]] | None:
    """The arrays that the lost run before ``run``, or one before that, kept last; None without.

    Only of a run that held out at least ``percent``, and since which no account was deleted: there
    were ``deleted_accounts`` then as well.
    """
    earlier = run.resumes
    while earlier is not None:
        try:
            artifact = read_artifact(local_folder(f"{FOLDER}/{earlier.pk}"))
            seen = artifact.manifest
            same_accounts = seen.get(DELETED_ACCOUNTS, 0) == deleted_accounts
            if seen["holdout_percent"] >= percent and same_accounts:
                return artifact.arrays
        except ArtifactError as error:
            log.info("no_checkpoint", run=earlier.pk, error=str(error))
        earlier = earlier.resumes
    return None


def drop_checkpoints(run: TrainingRun) -> None:
    """Remove the checkpoints of a run that has ended, and of those that it continued."""
    ended: TrainingRun | None = run
    while ended is not None:
        artifacts.remove(f"{FOLDER}/{ended.pk}")
        ended = ended.resumes

"""The live version of each kind in this process, mapped read-only. Nothing here imports torch."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import structlog
from numpy.typing import NDArray

from recommender.artifact_files import forget, local_folder
from recommender.catalog_arrays import IntArray
from recommender.learning.artifact import ArtifactError, DamagedArtifactError, read_artifact
from recommender.learning.presets.next_item.scorer import SequenceScorer
from recommender.learning.presets.stars.scorer import FactorizationScorer
from recommender.models import ModelVersion, VersionStatus

log = structlog.get_logger(__name__)

FACTORIZATION, SEQUENCE = "factorization", "sequence"
SCORERS: dict[str, type[Any]] = {FACTORIZATION: FactorizationScorer, SEQUENCE: SequenceScorer}

CHECK_SECONDS = 1.0  # between looks at which versions are live
RETRY_SECONDS = 30.0  # before an artifact that could not be read is tried again
PREVIOUS_VERSIONS = 5  # how far back to look for one that can be read


@dataclass(frozen=True, kw_only=True, eq=False)
class LoadedVersion:
    """A version in memory.

    ``movie_ids`` (num_items,) says which movie each item is; ``item_vectors`` (num_items, d) are
    near each other for films that are alike, None where the model has none.
    """

    kind: str
    pk: int
    trained_at: datetime | None
    watermark: datetime | None
    scorer: Any
    movie_ids: IntArray
    item_vectors: NDArray[np.float32] | None

    @property
    def label(self) -> str:
        return f"{self.kind}/{self.pk}"


Loaded = Mapping[str, LoadedVersion | None]


def load(version: ModelVersion) -> LoadedVersion:
    """Map a version's artifact.

    Raises ``ArtifactError`` when it is missing, damaged or no model that this code can read.
    """
    try:
        artifact = read_artifact(local_folder(version.artifact))
    except DamagedArtifactError:
        forget(version.artifact)
        raise
    # Plain views of the mapped files: numpy's memmap class makes each small slice slow.
    arrays = {name: np.asarray(array) for name, array in artifact.arrays.items()}
    try:
        movie_ids = arrays["item_movie_ids"]
        item_vectors = arrays.get("item_embeddings")
        scorer = SCORERS[version.kind](arrays, artifact.manifest["settings"])
    except (KeyError, ValueError, TypeError) as error:
        raise DamagedArtifactError(f"{version.artifact} is no {version.kind}: {error!r}") from error
    if scorer.num_items != len(movie_ids):
        raise DamagedArtifactError(
            f"{version.artifact} names {len(movie_ids)} movies for {scorer.num_items} items"
        )
    return LoadedVersion(
        kind=version.kind,
        pk=version.pk,
        trained_at=version.trained_at,
        watermark=version.watermark,
        scorer=scorer,
        movie_ids=movie_ids,
        item_vectors=item_vectors,
    )


class LiveVersions:
    """One instance per process, safe to use from threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Start anew: the next caller reads everything again."""
        self._loaded: Loaded | None = None
        self._checked_at = float("-inf")
        self._failed_at: dict[int, float] = {}

    def current(self) -> Loaded:
        """What to serve from; at most once a second this asks whether it is still right.

        The caller who finds a new version loads it; others go on with the old one meanwhile.
        """
        loaded = self._loaded
        if loaded is not None and time.monotonic() - self._checked_at < CHECK_SECONDS:
            return loaded
        if not self._lock.acquire(blocking=loaded is None):
            return loaded or {}
        try:
            if self._loaded is None or time.monotonic() - self._checked_at >= CHECK_SECONDS:
                self._checked_at = time.monotonic()
                self._loaded = self._refreshed(self._loaded or {})
            return self._loaded
        finally:
            self._lock.release()

    def _refreshed(self, held: Loaded) -> Loaded:
        live = {
            version.kind: version
            for version in ModelVersion.objects.filter(status=VersionStatus.LIVE)
        }
        found = {kind: self._usable(live.get(kind), held.get(kind)) for kind in SCORERS}
        return held if found == held else found

    def _usable(
        self, live: ModelVersion | None, held: LoadedVersion | None
    ) -> LoadedVersion | None:
        """The live version, else the newest earlier one that can be read, else None."""
        if live is None:
            return None
        if (loaded := self._held_or_read(live, held)) is not None:
            return loaded
        for version in ModelVersion.objects.predecessors(live.kind)[:PREVIOUS_VERSIONS]:
            if (loaded := self._held_or_read(version, held)) is not None:
                return loaded
        return None

    def _held_or_read(
        self, version: ModelVersion, held: LoadedVersion | None
    ) -> LoadedVersion | None:
        if held is not None and held.pk == version.pk:
            return held
        if time.monotonic() - self._failed_at.get(version.pk, float("-inf")) < RETRY_SECONDS:
            return None
        try:
            loaded = load(version)
        except (ArtifactError, OSError) as error:
            self._failed_at[version.pk] = time.monotonic()
            log.error("version_unusable", kind=version.kind, pk=version.pk, error=repr(error))
            return None
        log.info("version_loaded", version=loaded.label, items=len(loaded.movie_ids))
        return loaded


live_versions = LiveVersions()

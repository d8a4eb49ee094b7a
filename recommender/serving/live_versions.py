"""The live version of each kind in this process, mapped read-only. Nothing here imports torch."""

from __future__ import annotations

import threading
import time

import structlog

from recommender import kinds
from recommender.learning.artifact import ArtifactError
from recommender.learning.interfaces import Scorer
from recommender.models import ModelVersion, VersionStatus
from recommender.versions.load import Loaded, LoadedVersion, load

log = structlog.get_logger(__name__)

CHECK_SECONDS = 1.0  # between looks at which versions are live
RETRY_SECONDS = 30.0  # before an artifact that could not be read is tried again
PREVIOUS_VERSIONS = 5  # how far back to look for one that can be read


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
        found = {kind: self._usable(live.get(kind), held.get(kind)) for kind in kinds.names()}
        return held if found == held else found

    def _usable(
        self, live: ModelVersion | None, held: LoadedVersion[Scorer] | None
    ) -> LoadedVersion[Scorer] | None:
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
        self, version: ModelVersion, held: LoadedVersion[Scorer] | None
    ) -> LoadedVersion[Scorer] | None:
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

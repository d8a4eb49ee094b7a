"""Publishing a version, rolling back, pinning, and pruning old versions.

Each is one transaction on a few rows; every web process looks at those rows once a second and
follows. The database allows one live version per kind, so two publishers cannot both win.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from django.db import connection, transaction
from django.utils import timezone

from recommender import kinds
from recommender.kinds import UnknownKindError
from recommender.learning.artifact import ArtifactError, read_artifact
from recommender.models import ModelVersion, VersionStatus
from recommender.versions import artifacts
from recommender.versions.artifacts import local_folder

log = structlog.get_logger(__name__)

_LOCK_CLASS = 0x4D545055  # the first key of our advisory locks for publishing


class PublishingError(Exception):
    """The version cannot go live; the message says why."""


class LiveVersionChangedError(PublishingError):
    """Another version went live since the candidate was compared with the live one."""


class LiveVersionPinnedError(PublishingError):
    """An operator pinned the live version: only an operator replaces it."""


def publish(version: ModelVersion, reason: str) -> ModelVersion:
    """Make ``version`` live on an operator's word. The one that was live is retired.

    Raises `PublishingError` when its files are gone or damaged, or when it is live already.
    """
    if not version.can_be_published:
        state = "is live already" if version.is_live else "has no files any more"
        raise PublishingError(f"version {version.pk} {state}")
    _check_artifact(version)
    with _one_publisher(version.kind):
        return _replace_live(version, reason)


def publish_candidate(
    version: ModelVersion, reason: str, *, compared_with: ModelVersion | None
) -> ModelVersion:
    """Make a candidate live that passed the gate against ``compared_with``.

    Raises
    ------
    LiveVersionChangedError
        When another version is live by now: the comparison has to be made anew.
    LiveVersionPinnedError
        When the live version is pinned.
    PublishingError
        When the candidate's files are damaged.
    """
    _check_artifact(version)
    with _one_publisher(version.kind):
        live = ModelVersion.objects.live(version.kind)
        if (live and live.pk) != (compared_with and compared_with.pk):
            raise LiveVersionChangedError(
                f"{live or 'no version'} is live now, not {compared_with or 'none'}"
            )
        if live is not None and live.pinned:
            raise LiveVersionPinnedError(f"the live version {live.pk} is pinned")
        return _replace_live(version, reason)


def reject(version: ModelVersion, reason: str) -> None:
    """Turn a candidate down; it is kept with its reason, and an operator may still publish it."""
    version.status = VersionStatus.REJECTED
    version.reason = reason
    version.save(update_fields=["status", "reason"])
    log.info("version_rejected", version=str(version), reason=reason)


def rollback(kind: str, reason: str = "rolled back", *, to: int | None = None) -> ModelVersion:
    """Make the version live that was so before the present one, which is turned down.

    Repeating it goes further back. ``to`` is the version that was promised; None: whichever it is.

    Raises
    ------
    LiveVersionChangedError
        When it would be another version than was promised.
    PublishingError
        When there is nothing to go back to.
    """
    try:
        kinds.get(kind)
    except UnknownKindError as error:
        raise PublishingError(str(error)) from error
    with _one_publisher(kind):
        live, earlier = ModelVersion.objects.live(kind), earlier_version(kind)
        if earlier is None:
            raise PublishingError(f"there is no earlier {kind} version to go back to")
        if to is not None and earlier.pk != to:
            raise LiveVersionChangedError(
                f"it would be version {earlier.pk} by now, not {to}: look again"
            )
        if live is not None:
            live.status = VersionStatus.REJECTED
            live.pinned = False
            live.reason = f"{reason}, to version {earlier.pk}"
            live.save(update_fields=["status", "pinned", "reason"])
        return _replace_live(earlier, reason)


def earlier_version(kind: str, *, verify: bool = True) -> ModelVersion | None:
    """The version that was live before and can be read, which a rollback makes live.

    Without ``verify`` its files are there, but are not read whole: for a page that only asks.
    """
    for earlier in ModelVersion.objects.predecessors(kind):
        try:
            _check_artifact(earlier, verify=verify)
        except PublishingError as error:
            log.warning("version_skipped", version=str(earlier), error=str(error))
        else:
            return earlier
    return None


def set_pinned(version: ModelVersion, pinned: bool) -> None:
    """Keep a version's files, and, while it is live, keep it live; or stop doing so.

    Raises `PublishingError` when there are no files to keep.
    """
    if pinned and not version.artifact:
        raise PublishingError(f"version {version.pk} has no files any more")
    version.pinned = pinned
    version.save(update_fields=["pinned"])


def prune(kind: str, keep: int) -> list[str]:
    """Remove the files of all but the newest ``keep`` versions, the live and the pinned ones.

    The rows stay, with their metrics. Also removes folders that no version knows, which killed
    trainings leave behind: call it while holding the kind's lease. Returns what was removed.
    """
    if keep < 1:
        raise ValueError(f"keep must be at least 1, got {keep}")
    with _one_publisher(kind):
        versions = ModelVersion.objects.with_artifact().filter(kind=kind)
        newest = list(versions.order_by("-pk").values_list("pk", flat=True)[:keep])
        old = versions.filter(pinned=False).exclude(status=VersionStatus.LIVE)
        old.exclude(pk__in=newest).update(artifact="")
        kept = set(versions.values_list("artifact", flat=True))
    # Only now, when no row names them any more: a reader never finds a version without files.
    removed = [name for name in artifacts.names(kind) if name not in kept]
    for name in removed:
        artifacts.remove(name)
    if removed:
        log.info("artifacts_removed", kind=kind, names=removed)
    return removed


def _replace_live(version: ModelVersion, reason: str) -> ModelVersion:
    now = timezone.now()
    live = ModelVersion.objects.live(version.kind)
    if live is not None:
        live.status = VersionStatus.RETIRED
        live.save(update_fields=["status"])
    version.status = VersionStatus.LIVE
    version.published_at = now
    version.reason = reason
    version.save(update_fields=["status", "published_at", "reason"])
    log.info("version_published", version=str(version), before=str(live), reason=reason)
    return version


def _check_artifact(version: ModelVersion, *, verify: bool = True) -> None:
    try:
        read_artifact(local_folder(version.artifact), verify=verify)
    except (ArtifactError, OSError) as error:
        raise PublishingError(f"version {version.pk} cannot be read: {error}") from error


@contextmanager
def _one_publisher(kind: str) -> Iterator[None]:
    """A transaction in which nobody else changes which version of ``kind`` is live."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            keys = [_LOCK_CLASS, kinds.number(kind)]
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", keys)
        yield

"""Inputs of the retraining schedule, read from the database.

Pages of the admin ask for them every two seconds: no query here reads a table of ratings further
than the schedule has to count, and what all kinds share is asked for once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F, QuerySet, Sum, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from catalog.models import Movie, Rating
from recommender.models import ModelVersion, RetrainingPolicy, RunStatus, TrainingRun
from recommender.runs.memory import no_room
from recommender.runs.schedule import MOST_DOUBLINGS, Decision, Observation, Rules, decide

Ending = tuple[str, datetime | None]


_FIRST_CHANGES = """
    SELECT count(*), max(at) FROM (
        (SELECT updated_at AS at FROM catalog_rating
         WHERE updated_at > %(watermark)s::timestamptz ORDER BY updated_at LIMIT %(most)s)
        UNION ALL
        (SELECT created_at FROM catalog_movie
         WHERE created_at > %(snapshot_at)s::timestamptz ORDER BY created_at LIMIT %(most)s)
        ORDER BY at LIMIT %(most)s) AS changes
"""


def rules_of(policy: RetrainingPolicy) -> Rules:
    """The settings in the form that the schedule takes."""
    hours = policy.max_age_hours
    return Rules(
        enabled=policy.enabled,
        minimum_ratings=policy.minimum_ratings,
        max_age=timedelta(hours=hours) if hours else None,
        debounce=timedelta(seconds=policy.debounce_seconds),
        debounce_max=timedelta(seconds=policy.debounce_max_seconds),
        rest=timedelta(seconds=policy.min_seconds_between_runs),
    )


def observe(kind: str, policy: RetrainingPolicy) -> Observation:
    """What the decision about ``kind`` depends on."""
    return observe_all([kind], policy)[kind]


def observe_all(kinds: Sequence[str], policy: RetrainingPolicy) -> dict[str, Observation]:
    """What the decision about each kind depends on. Counts no further than it needs to."""
    newest = _first_of_each(ModelVersion.objects.filter(kind__in=kinds))
    full = _first_of_each(
        ModelVersion.objects.filter(kind__in=kinds, warm_started_from__isnull=True)
    )
    active = set(TrainingRun.objects.active().values_list("kind", flat=True))
    runs = _last_runs(kinds)
    newest_rating_at = written_since(None).last()
    newest_film_at = (
        Movie.objects.order_by("-created_at").values_list("created_at", flat=True).first()
    )
    # Asked for the first version only.
    wanted = policy.minimum_ratings if len(newest) < len(kinds) else 0
    rating_count = _count_up_to(wanted)
    observations = {}
    for kind in kinds:
        version = newest.get(kind)
        needed = policy.new_ratings_needed(version.rating_count if version else 0)
        count, last = first_changes(version, needed)
        cancelled, failures = _endings(runs[kind])
        observations[kind] = Observation(
            rating_count=rating_count,
            newest_rating_at=newest_rating_at,
            has_version=version is not None,
            new_ratings=count,
            needed=needed,
            tripped_at=last if version and count >= needed else None,
            full_at=full[kind].trained_at if kind in full else None,
            changed_since_full=_changed_since(
                full.get(kind), newest_rating_at, newest_film_at, policy
            ),
            active=kind in active,
            last_run_at=runs[kind][0][1] if runs[kind] else None,
            last_run_cancelled=cancelled,
            failures=failures,
        )
    return observations


def decide_about(kind: str, seen: Observation, policy: RetrainingPolicy) -> Decision:
    """Whether it is time to train ``kind``. After a failed run it is not while the memory that a
    training needs is not free here: the same would happen again."""
    decision = decide(seen, rules_of(policy), timezone.now())
    if decision.train and seen.failures and (why := no_room(kind)):
        return Decision(reason=why)
    return decision


def written_since(watermark: datetime | None) -> QuerySet[Rating, datetime]:
    """When each rating after ``watermark`` was written, the earliest first; None: all ratings."""
    ratings = Rating.objects.order_by("updated_at").values_list("updated_at", flat=True)
    return ratings if watermark is None else ratings.filter(updated_at__gt=watermark)


def _first_of_each(versions: QuerySet[ModelVersion]) -> dict[str, ModelVersion]:
    """The newest of each kind, without what may be large."""
    found = versions.defer("metrics", "reason")
    return {one.kind: one for one in found.order_by("kind", "-pk").distinct("kind")}


def _count_up_to(most: int) -> int:
    """Ratings on the site; in no order, which a slice would otherwise sort them all for."""
    return Rating.objects.order_by()[:most].count() if most else 0


def first_changes(version: ModelVersion | None, most: int) -> tuple[int, datetime | None]:
    """How many ratings and films ``version`` has not seen, up to ``most``, and when the last of
    those came.

    A film that was added asks for a training as a rating does: until then it is only placed.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _FIRST_CHANGES,
            {
                "watermark": (version and version.watermark) or "-infinity",
                "snapshot_at": version.snapshot_at if version else "-infinity",
                "most": most,
            },
        )
        count, last = cursor.fetchone()
    return count, last


def _changed_since(
    full: ModelVersion | None,
    newest_rating_at: datetime | None,
    newest_film_at: datetime | None,
    policy: RetrainingPolicy,
) -> bool:
    """Whether a rating or a film came since the full version, or more ratings were taken back.

    Ratings that are gone, with their member for example, leave no time behind: only their number
    tells, which the films' own counts give without reading the ratings. They are added up only
    when the answer matters: when the version is as old as one may become.
    """
    if full is None:
        return True
    if newest_rating_at and (full.watermark is None or newest_rating_at > full.watermark):
        return True
    if newest_film_at and newest_film_at > full.snapshot_at:
        return True
    age = rules_of(policy).max_age
    if age is None or timezone.now() < full.trained_at + age:
        return False
    return (Movie.objects.aggregate(count=Sum("rating_count"))["count"] or 0) < full.rating_count


def _last_runs(kinds: Sequence[str]) -> dict[str, list[Ending]]:
    """How and when the last runs of each kind ended, the newest first."""
    place = Window(RowNumber(), partition_by=F("kind"), order_by=F("pk").desc())
    rows = (
        TrainingRun.objects.finished()
        .filter(kind__in=kinds)
        .annotate(place=place)
        .filter(place__lte=MOST_DOUBLINGS + 1)
        .order_by("-pk")
        .values_list("kind", "status", "finished_at")
    )
    found: dict[str, list[Ending]] = {kind: [] for kind in kinds}
    for kind, status, finished_at in rows:
        found[kind].append((status, finished_at))
    return found


def _endings(runs: Iterable[Ending]) -> tuple[bool, int]:
    """Whether the last run was cancelled, and how many failed in a row."""
    statuses = [status for status, _ in runs]
    failures = 0
    for status in statuses:
        if status not in (RunStatus.FAILED, RunStatus.LOST):
            break
        failures += 1
    return statuses[:1] == [RunStatus.CANCELLED], failures

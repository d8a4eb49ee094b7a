"""Inputs of the retraining schedule, read from the database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet, Sum

from catalog.models import Movie, Rating
from recommender.models import ModelVersion, RetrainingPolicy, RunStatus, TrainingRun
from recommender.runs.schedule import MOST_DOUBLINGS, Observation, Rules


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
    """What the decision about ``kind`` depends on. Counts no further than it needs to."""
    newest = ModelVersion.objects.newest(kind)
    full = ModelVersion.objects.from_scratch(kind)
    needed = policy.new_ratings_needed(newest.rating_count if newest else 0)
    new_times = changes_since(newest)
    tripped_at = next(iter(new_times[needed - 1 : needed]), None) if newest else None
    last_run_at, cancelled, failures = _last_runs(kind)
    return Observation(
        rating_count=Rating.objects.all()[: policy.minimum_ratings].count(),
        newest_rating_at=written_since(None).last(),
        has_version=newest is not None,
        new_ratings=new_times[:needed].count(),
        needed=needed,
        tripped_at=tripped_at,
        full_at=full.trained_at if full else None,
        changed_since_full=full is None or _changed_since(full),
        active=TrainingRun.objects.active().filter(kind=kind).exists(),
        last_run_at=last_run_at,
        last_run_cancelled=cancelled,
        failures=failures,
    )


def written_since(watermark: datetime | None) -> QuerySet[Rating, datetime]:
    """When each rating after ``watermark`` was written, the earliest first; None: all ratings."""
    ratings = Rating.objects.order_by("updated_at").values_list("updated_at", flat=True)
    return ratings if watermark is None else ratings.filter(updated_at__gt=watermark)


def changes_since(version: ModelVersion | None) -> QuerySet[Any, datetime]:
    """When each rating and each film came that ``version`` has not seen, the earliest first.

    A film that was added asks for a training as a rating does: until then it is only placed.
    """
    ratings = written_since(version.watermark if version else None)
    films = Movie.objects.order_by().values_list("created_at")
    if version is not None:
        films = films.filter(created_at__gt=version.snapshot_at)
    both = ratings.order_by().values_list("updated_at").union(films, all=True)
    return both.order_by("updated_at").values_list("updated_at", flat=True)


def _changed_since(version: ModelVersion) -> bool:
    """Whether a rating or a film came since, or more ratings were taken back than written.

    Ratings that are gone, with their member for example, leave no time behind: only their number
    tells, which the films' own counts give without reading the ratings.
    """
    if changes_since(version).exists():
        return True
    return (Movie.objects.aggregate(count=Sum("rating_count"))["count"] or 0) < version.rating_count


def _last_runs(kind: str) -> tuple[datetime | None, bool, int]:
    """When the last run ended, whether it was cancelled, and how many failed in a row."""
    runs = list(
        TrainingRun.objects.finished()
        .filter(kind=kind)
        .order_by("-pk")
        .values_list("status", "finished_at")[: MOST_DOUBLINGS + 1]
    )
    if not runs:
        return None, False, 0
    failures = 0
    for status, _ in runs:
        if status not in (RunStatus.FAILED, RunStatus.LOST):
            break
        failures += 1
    return runs[0][1], runs[0][0] == RunStatus.CANCELLED, failures

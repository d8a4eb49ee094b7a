"""What a web process counts and times itself; gunicorn's processes add up (``gunicorn_conf``)."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

from catalog.signals import ratings_changed
from recommender.data import stage_times

REQUESTS = Counter("matinee_requests_total", "Requests answered.", ("method", "route", "status"))
REQUEST_SECONDS = Histogram(
    "matinee_request_seconds",
    "From the first line of a request to the last of its answer's head.",
    ("route",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
STAGE_SECONDS = Histogram(
    "matinee_recommending_seconds",
    "What each stage of recommending takes; stars hold the fold-in where it was not done before.",
    ("stage",),
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1),
)
RATING_CHANGES = Counter("matinee_rating_changes_total", "Ratings given, changed and taken back.")


def observe_recommending() -> None:
    """Listen to the recommender and to members; twice is once."""
    if _observe not in stage_times.observers:
        stage_times.observers.append(_observe)
    ratings_changed.connect(_count, dispatch_uid="metrics.ratings_changed")


def _observe(stage: str, seconds: float) -> None:
    STAGE_SECONDS.labels(stage).observe(seconds)


def _count(**_: object) -> None:
    RATING_CHANGES.inc()

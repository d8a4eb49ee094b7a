"""What the recommender's pages in the admin cost: few queries, none through a table of ratings."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalog.models import Rating
from recommender.models import ModelVersion, RetrainingPolicy, TrainingRun
from tests.recommender.world import World

pytestmark = pytest.mark.usefixtures("plain_static")

MOST_QUERIES = 20
RATINGS = 3000
NEEDED = 100  # new ratings that start a run here: as far as anything may count


@pytest.fixture
def operator(db: None, client: Client) -> Client:
    """Somebody with the rights that the pages ask for, who is no superuser."""
    user = get_user_model().objects.create_user("op", "op@example.org", "pw", is_staff=True)
    rights = Permission.objects.filter(content_type__app_label="recommender")
    user.user_permissions.set(rights)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def busy(world: World, settings: Any) -> dict[str, str]:
    """Many ratings, all of them new, old versions, failed runs; the pages by name."""
    settings.MATINEE_RETRAIN_AFTER = NEEDED
    old = timezone.now() - timedelta(days=30)
    users = get_user_model().objects.bulk_create(
        get_user_model()(username=f"rater{n}") for n in range(RATINGS // len(world.movies))
    )
    Rating.objects.bulk_create(
        Rating(user=user, movie=movie, half_stars=7) for user in users for movie in world.movies
    )
    world.publish()
    ModelVersion.objects.update(trained_at=old, watermark=old, rating_count=RATINGS)
    for kind in ("factorization", "sequence"):
        for _ in range(60):
            made = ModelVersion.objects.create(
                kind=kind,
                trained_at=old,
                watermark=old,
                rating_count=RATINGS,
                metrics={"rmse": 0.8, "mrr": 0.1, "gate_gain": 0.01, "gate_opponent": 1},
            )
            TrainingRun.objects.create(
                kind=kind,
                mode="full",
                trigger="age",
                status="failed",
                finished_at=old,
                version=made,
                log="x" * 1000,
            )
    TrainingRun.objects.create(kind="sequence", mode="full", trigger="age", status="running")
    RetrainingPolicy.current().save()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE catalog_rating")
    version, run = ModelVersion.objects.first(), TrainingRun.objects.first()
    live = ModelVersion.objects.live("factorization")
    assert version
    assert run
    assert live
    admin = "admin:recommender_"
    compare = reverse(f"{admin}modelversion_compare")
    likes = f"liked={world.movies[0].pk}&disliked={world.movies[1].pk}"
    return {
        "runs": reverse(f"{admin}trainingrun_changelist"),
        "states": reverse(f"{admin}trainingrun_live"),
        "run": reverse(f"{admin}trainingrun_change", args=[run.pk]),
        "progress": reverse(f"{admin}trainingrun_live_run", args=[run.pk]),
        "versions": reverse(f"{admin}modelversion_changelist"),
        "version": reverse(f"{admin}modelversion_change", args=[version.pk]),
        "rollback": reverse(f"{admin}modelversion_rollback", args=["factorization"]),
        "compare": compare,
        "comparison": f"{compare}?before={live.pk}&after={live.pk}&{likes}",
        "settings": reverse(f"{admin}retrainingpolicy_change", args=[1]),
    }


PAGES = (
    "runs",
    "states",
    "run",
    "progress",
    "versions",
    "version",
    "rollback",
    "compare",
    "comparison",
    "settings",
)


@pytest.mark.parametrize("page", PAGES)
def test_no_page_takes_many_queries(operator: Client, busy: dict[str, str], page: str) -> None:
    operator.get(busy[page])  # content types and the catalog's arrays are read once
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert operator.get(busy[page]).status_code == 200
    asked = [query["sql"] for query in captured.captured_queries]
    assert len(asked) <= MOST_QUERIES, "\n".join(asked)


@pytest.mark.parametrize("page", PAGES)
def test_no_query_reads_the_ratings_whole(
    operator: Client, busy: dict[str, str], page: str
) -> None:
    """By what PostgreSQL does for each query of the page that names the table."""
    operator.get(busy[page])
    with CaptureQueriesContext(connection) as captured:
        operator.get(busy[page])
    for query in captured.captured_queries:
        if "catalog_rating" not in query["sql"]:
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query['sql']}")
            plan = cursor.fetchone()[0][0]["Plan"]
        read = rows_read(plan)
        assert read <= 2 * NEEDED, f"{read} ratings are read by {query['sql']}"


def rows_read(plan: dict[str, Any]) -> int:
    """Ratings that the nodes of a plan read, with those that a filter then drops."""
    own = 0
    if plan.get("Relation Name") == "catalog_rating":
        own = plan["Actual Rows"] * plan["Actual Loops"] + plan.get("Rows Removed by Filter", 0)
    return int(own) + sum(rows_read(part) for part in plan.get("Plans", ()))


def test_what_is_counted_is_what_the_schedule_needs(operator: Client, busy: dict[str, str]) -> None:
    page = operator.get(busy["states"]).content.decode()
    assert len(re.findall(r"100 of\s+100 that start an update", page)) == 2

"""``docs/extending.md`` as printed: a third kind from its two blocks of code to a ranking."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import numpy as np
import pytest
from django.core.management import call_command
from django.test import Client

from recommender.models import ModelVersion, RetrainingPolicy, RunStatus, TrainingRun
from recommender.versions.load import load
from tests.faults.behaviour import THIRD_KIND
from tests.faults.conftest import Processes, ended, queue_run
from tests.recommender.extension import forget_third_kind, register_third_kind
from tests.recommender.world import World


@pytest.fixture
def with_trending(processes: Processes) -> Iterator[Processes]:
    """The kind is registered here and in the workers."""
    processes.environment[THIRD_KIND] = "1"
    register_third_kind()
    try:
        yield processes
    finally:
        processes.stop()
        forget_third_kind()
        for model in (TrainingRun, ModelVersion):
            model.objects.filter(kind="trending").delete()


def test_a_third_kind_is_trained_judged_published_and_served(
    with_trending: Processes, rated_world: World
) -> None:
    # Films have no trend in this world: whether it beats the most rated ones is a matter of luck.
    RetrainingPolicy.objects.update(gate_next_margin_percent=50)
    with_trending.behave(real=True)
    with_trending.worker()
    run = ended(queue_run("trending"))
    assert run.status == RunStatus.SUCCEEDED, run.log
    live = ModelVersion.objects.live("trending")
    assert live is not None
    assert live == run.version
    assert live.metrics["questions"] >= 50
    assert f"mean rank (geometric) {live.metrics['mean_rank']:.4f} against" in live.reason
    assert "the baseline" in live.reason

    label = f"trending/{live.pk}"
    assert Client().get("/health/ready").json()["models"]["trending"]["version"] == label
    assert "trending" in printed("models", "list", "--kind", "trending")

    watched = [movie.pk for movie in rated_world.movies[:3]]
    answer = Client().post(
        "/api/v1/watch-next", {"movies": watched, "n": 5}, content_type="application/json"
    )
    assert answer.status_code == 200
    assert answer.json()["version"] == label
    loaded = load(live)
    scores = loaded.scorer.scores(np.searchsorted(loaded.movie_ids, watched))
    scores[np.isin(loaded.movie_ids, watched)] = -np.inf
    best = loaded.movie_ids[np.argsort(-scores)[:5]].tolist()
    assert [item["movie"]["id"] for item in answer.json()["items"]] == best

    rated_world.publish("sequence")
    fan = rated_world.fan_of_even(name="ada")
    asked = ("recommend", fan.username, "-n", "4", "--json")
    assert json.loads(printed(*asked))["version"].startswith("sequence/")
    assert json.loads(printed(*asked, "--kind", "trending"))["version"] == label


def printed(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()

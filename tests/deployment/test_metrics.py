"""Each query of the dashboard and of the alert rules, on the page that the site really shows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import promql_parser
import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample
from ruamel.yaml import YAML

from catalog.broker import send
from moviesite.health import heartbeats
from moviesite.metrics.instruments import observe_recommending
from recommender.data import stage_times
from recommender.models import ModelVersion, TrainingRun
from tests.recommender.conftest import artifacts, fresh_process, plain_static
from tests.recommender.world import World, build_world

__all__ = ["artifacts", "fresh_process", "plain_static"]

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
TOKEN = "a-token-of-prometheus"


def alerts() -> list[str]:
    groups = YAML(typ="safe").load(DEPLOY / "prometheus" / "alerts.yml")["groups"]
    return [rule["expr"] for group in groups for rule in group["rules"]]


def dashboard() -> list[str]:
    panels = json.loads((DEPLOY / "grafana" / "matinee.json").read_text())["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]


@pytest.fixture
def page(db: None, artifacts: Path, plain_static: None, settings: Any, tmp_path: Path) -> str:
    """The page of a site in which everything has happened once."""
    settings.MATINEE_METRICS_TOKEN = TOKEN
    settings.MATINEE_BACKUP_FOLDER = tmp_path
    (tmp_path / f"matinee-{timezone.now():%Y%m%dT%H%M%S}Z.backup").touch()
    world: World = build_world()
    world.publish()
    ModelVersion.objects.update(metrics={"rmse": 0.9, "gate_measure": "rmse"})
    heartbeats.tell(heartbeats.BEAT)
    TrainingRun.objects.create(
        kind="sequence", mode="full", trigger="manual", requested_at=timezone.now() - timedelta(1)
    )
    send("moviesite.health.tasks.look_after_site")
    client = Client()
    try:
        observe_recommending()
        body = {"movies": [world.movies[0].pk], "n": 3}
        client.post("/api/v1/watch-next", body, content_type="application/json")
        answer = client.get("/metrics", HTTP_AUTHORIZATION=f"Bearer {TOKEN}")
    finally:
        stage_times.observers.clear()
    shown: str = answer.content.decode()
    return shown


@pytest.fixture
def samples(page: str) -> list[Sample]:
    families = text_string_to_metric_families(page)
    return [sample for family in families for sample in family.samples]


def selectors(node: Any) -> Iterator[Any]:
    """The names with their labels that a query reads."""
    if isinstance(node, promql_parser.VectorSelector):
        yield node
    for name in ("expr", "lhs", "rhs", "vector_selector", "param"):
        if (inner := getattr(node, name, None)) is not None:
            yield from selectors(inner)
    for inner in getattr(node, "args", None) or ():
        yield from selectors(inner)


def fits(sample: Sample, selector: Any) -> bool:
    return sample.name == selector.name and all(
        label_fits(sample.labels.get(one.name, ""), one) for one in selector.matchers.matchers
    )


def label_fits(value: str, matcher: Any) -> bool:
    kind = str(matcher.op).rpartition(".")[2]
    found = {
        "Equal": value == matcher.value,
        "NotEqual": value != matcher.value,
        "Re": re.fullmatch(matcher.value, value) is not None,
        "NotRe": re.fullmatch(matcher.value, value) is None,
    }
    return found[kind]


def test_every_query_finds_its_numbers(samples: list[Sample]) -> None:
    missing = []
    for query in [*alerts(), *dashboard()]:
        read = list(selectors(promql_parser.parse(query)))
        assert read, query
        for selector in read:
            # Prometheus itself says `up`; what went wrong nowhere has no number.
            rare = {one.name for one in selector.matchers.matchers} == {"status"}
            known = [sample for sample in samples if sample.name == selector.name]
            wanted = known if rare else [one for one in known if fits(one, selector)]
            if selector.name != "up" and not wanted:
                missing.append((query, selector.name))
    assert missing == []


def test_every_group_by_is_a_label(samples: list[Sample]) -> None:
    labels = {label for sample in samples for label in sample.labels}
    for query in [*alerts(), *dashboard()]:
        for names in re.findall(r"by \(([^)]*)\)", query):
            assert {name.strip() for name in names.split(",")} <= labels, query

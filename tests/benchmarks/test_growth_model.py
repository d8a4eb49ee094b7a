"""The tables of docs/scaling.md are those of the model, and follow from its costs."""

import json
from typing import Any

import pytest

from .growth_model import COSTS, costs, needs, renew, strains, tables, written
from .places import ROOT


@pytest.mark.parametrize("title", ["Serving", "Training", "What breaks", "Costs"])
def test_the_page_has_the_tables_as_they_are_computed(title: str) -> None:
    page = (ROOT / "docs" / "scaling.md").read_text(encoding="utf-8")
    assert tables()[title] in page


def test_pages_grow_with_members_and_models_with_films_alone() -> None:
    small, large = (needs(ratings, costs()) for ratings in (10**7, 10**9))
    assert large.pages_a_second == pytest.approx(100 * small.pages_a_second)
    assert large.models_gb == pytest.approx(10 * small.models_gb)
    assert large.database_gb == pytest.approx(100 * small.database_gb)


def test_what_a_machine_has_too_little_of_is_named_the_worst_first() -> None:
    known = costs()
    assert strains(needs(10**5, known), known) == []
    shares = [share for _, share in strains(needs(10**9, known), known)]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] > 1
    known["site"]["machine_disk_gb"] = 1.0
    names = [name for name, _ in strains(needs(10**9, known), known)]
    assert names[0] == "disk of PostgreSQL"


def test_costs_are_those_of_the_largest_sizes_measured() -> None:
    stages = {
        name: {
            stage: {"ratings": ratings, "processor_seconds": seconds, "peak_mb": peak}
            for stage in ("explicit", "sequence")
        }
        for name, ratings, seconds, peak in (
            ("10", 10_000_000, 300.0, 2200.0),
            ("1", 1_000_000, 30.0, 400.0),
        )
    }
    spent = {"home_database_ms": 2.24, "rating_database_ms": 1.5}
    stages["1"]["pages"] = {"ratings": 1_000_000, **spent}
    known = costs_of_nothing()
    renew({"machine": {"cores": 2, "load": [1.5]}, "synthetic": stages}, known)
    told = "10,000,000 ratings, bench_scale on 2 cores at load 1.5"
    assert known["training"] == {
        "stars_seconds": [30.0, "", told],
        "stars_mb": [200.0, "", told],
        "stars_base_mb": [200.0, "", told],
        "next_base_seconds": [0.0, "", told],
        "next_seconds": [30.0, "", told],
        "next_mb": [200.0, "", told],
        "next_base_mb": [200.0, "", told],
    }
    told = told.replace("10,", "1,", 1)
    assert known["database"] == {"page_ms": [2.2, "", told], "rating_ms": [1.5, "", told]}


def costs_of_nothing() -> dict[str, Any]:
    training = ("stars_seconds", "stars_mb", "stars_base_mb")
    training += ("next_base_seconds", "next_seconds", "next_mb", "next_base_mb")
    rooms = {"training": training, "database": ("page_ms", "rating_ms")}
    return {room: {name: [1, "", ""] for name in names} for room, names in rooms.items()}


def test_costs_are_written_as_they_were_read() -> None:
    text = COSTS.read_text(encoding="utf-8")
    assert written(json.loads(text)) == text

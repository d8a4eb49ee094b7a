"""What a version's metrics say in words."""

from typing import Any

import pytest

from recommender.admin.verdict_words import TERMS, accuracy, findings, meaning
from recommender.models import ModelVersion, VersionStatus


def version(kind: str, **metrics: Any) -> ModelVersion:
    return ModelVersion(kind=kind, metrics=metrics)


def test_stars_beside_those_of_the_live_version() -> None:
    told = accuracy(
        version("factorization", rmse=0.82, against_rmse=0.83, gate_opponent=7, gate_ahead=0.961)
    )
    assert told == (
        "Predicts stars within 0.820 stars. The live one then, version 7: 0.830 stars. "
        "Better in 96 of 100 resamples."
    )


def test_the_next_film_among_the_first_ten() -> None:
    metrics = {"hit_rate@10": 0.224, "against_hit_rate@10": 0.21, "gate_opponent": 3}
    assert accuracy(version("sequence", **metrics)) == (
        "The next film is among its first ten 22 times in 100. The live one then, version 3: 21."
    )


@pytest.mark.parametrize(
    ("kind", "metrics", "said"),
    [
        ("factorization", {"rmse": 0.9, "against_rmse": 1.04}, "same stars for every film: 1.040"),
        (
            "sequence",
            {"hit_rate@10": 0.2, "against_hit_rate@10": 0.1},
            "most rated films for everybody: 10",
        ),
    ],
)
def test_a_first_version_beside_the_baseline(
    kind: str, metrics: dict[str, float], said: str
) -> None:
    assert said in accuracy(version(kind, **metrics))


def test_what_is_not_known_is_not_said() -> None:
    assert accuracy(version("factorization")) == ""
    assert accuracy(version("sequence", mrr=0.1)) == ""
    assert findings(version("sequence")) == []


def test_each_comparison_of_the_gate_in_words() -> None:
    found = findings(
        version(
            "factorization",
            gate_gain=0.012,
            gate_low=-0.004,
            gate_high=0.028,
            gate_ahead=0.93,
            page_gain=-0.02,
        )
    )
    assert [one.told for one in found] == [
        "1.2 % better; most likely between −0.4 % and +2.8 %; better in 93 of 100 resamples",
        "2.0 % worse",
    ]
    assert found[0].asked == "All held-out ratings"


def test_every_status_and_term_is_explained() -> None:
    for status in VersionStatus:
        assert meaning(ModelVersion(kind="sequence", status=status))
    assert all(word and explained for word, explained in TERMS)

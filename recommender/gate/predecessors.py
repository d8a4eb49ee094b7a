"""The best of the versions that were live lately, so that small losses cannot add up."""

from __future__ import annotations

from recommender.models import ModelVersion

REMEMBERED = 5  # versions, the live one among them


def best_before(live: ModelVersion) -> ModelVersion | None:
    """The version before ``live`` that was best by what the gate measured; None when it is live.

    Each version's metrics keep by how much it was better than its opponent on the same questions
    (``gate_gain``, ``gate_opponent``). These steps are added up: a comparison of metrics that were
    measured on other questions would compare the questions. Only versions whose files are kept.
    """
    earlier = ModelVersion.objects.predecessors(live.kind)[: REMEMBERED - 1]
    oldest_first = [*reversed(earlier), live]
    level: dict[int, float] = {}
    last = 0.0
    for version in oldest_first:
        opponent = level.get(int(version.metrics.get("gate_opponent", 0)))
        gain = 0.0 if opponent is None else float(version.metrics.get("gate_gain", 0.0))
        last = level[version.pk] = (last if opponent is None else opponent) + gain
    best = max(oldest_first, key=lambda version: (level[version.pk], version is live))
    return None if best is live else best

"""State of each kind of model, and the charts above the list of training runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommender import kinds
from recommender.admin.charts import line_chart
from recommender.admin.verdict_words import accuracy
from recommender.kinds import AnyKind, NextItemKind, StarKind
from recommender.learning.line_chart import Point, Series
from recommender.models import ModelVersion, RetrainingPolicy, TrainingRun, VersionStatus
from recommender.runs.schedule import Decision, Observation
from recommender.runs.schedule_inputs import decide_about, observe_all

VERSIONS_PLOTTED = 60
FEWEST_PLOTTED = 2
CHARTS = {
    StarKind: gettext_lazy("how far predicted stars are off (rmse by version, lower is better)"),
    NextItemKind: gettext_lazy("how high the next film ranks (mrr by version, higher is better)"),
}


@dataclass(frozen=True, kw_only=True)
class KindState:
    """One kind of model: what serves and how good that is, what runs, what the schedule thinks."""

    kind: str
    label: str
    live: ModelVersion | None
    told: str
    run: TrainingRun | None
    seen: Observation
    decision: Decision


@dataclass(frozen=True, kw_only=True)
class VersionHistory:
    """How good the versions of a kind are; ``chart`` is empty for fewer versions than two."""

    title: str
    versions: int
    chart: SafeString


def kind_states() -> list[KindState]:
    """The state of each kind now, in as many queries however many kinds there are, but two each."""
    policy = RetrainingPolicy.current()
    runs = {run.kind: run for run in TrainingRun.objects.active().defer("log")}
    live = {
        version.kind: version
        for version in ModelVersion.objects.filter(status=VersionStatus.LIVE).defer("settings")
    }
    seen = observe_all(kinds.names(), policy)
    return [
        KindState(
            kind=kind.name,
            label=str(kind.label),
            live=live.get(kind.name),
            told=accuracy(live[kind.name]) if kind.name in live else "",
            run=runs.get(kind.name),
            seen=seen[kind.name],
            decision=decide_about(kind.name, seen[kind.name], policy),
        )
        for kind in kinds.registered()
    ]


def version_histories() -> list[VersionHistory]:
    """How good the last versions of each kind are, in one query."""
    rows = ModelVersion.objects.order_by("-pk").values_list("pk", "kind", "metrics")
    newest_last = list(rows[: VERSIONS_PLOTTED * len(kinds.names())])[::-1]
    return [
        _history(kind, [(pk, metrics) for pk, name, metrics in newest_last if name == kind.name])
        for kind in kinds.registered()
    ]


def loss_chart(run: TrainingRun) -> SafeString:
    """The loss by epoch, one line for each phase of the fit."""
    phases: dict[str, list[Point]] = {}
    for point in run.loss_curve:
        phases.setdefault(point["phase"], []).append((point["epoch"], point["loss"]))
    series = [
        Series(name=phase, points=points, tone=tone % 3 + 1)
        for tone, (phase, points) in enumerate(phases.items())
    ]
    return line_chart(_("Loss"), series, x_label=_("epoch"))


def _history(kind: AnyKind, versions: list[tuple[int, dict[str, Any]]]) -> VersionHistory:
    """A line needs two versions; of the baseline only the first was compared with it.

    The baseline is left out: it is so much worse that all versions would look the same beside it.
    """
    name = kind.metric
    known = [(pk, metrics) for pk, metrics in versions if name in metrics][-VERSIONS_PLOTTED:]
    titles = CHARTS[StarKind if isinstance(kind, StarKind) else NextItemKind]
    title = f"{str(kind.label).capitalize()}: {titles}"
    if len(known) < FEWEST_PLOTTED:
        return VersionHistory(title=title, versions=len(known), chart=SafeString(""))
    series = [
        Series(name=_("this version"), points=[(pk, metrics[name]) for pk, metrics in known]),
        Series(
            name=_("the live one then"),
            points=[
                (pk, metrics[f"against_{name}"])
                for pk, metrics in known
                if "gate_opponent" in metrics and f"against_{name}" in metrics
            ],
            tone=2,
        ),
    ]
    return VersionHistory(
        title=title,
        versions=len(known),
        chart=line_chart(title, series, x_label=_("version")),
    )

"""State of each kind of model, and the charts above the list of training runs."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from recommender import kinds
from recommender.admin.charts import line_chart
from recommender.kinds import AnyKind
from recommender.learning.line_chart import Point, Series
from recommender.models import ModelVersion, RetrainingPolicy, TrainingRun
from recommender.runs.schedule import Decision, Observation, decide
from recommender.runs.schedule_inputs import observe, rules_of

VERSIONS_PLOTTED = 60
BUCKETS = 60


@dataclass(frozen=True, kw_only=True)
class KindState:
    """One kind of model: what serves, what runs, and what the schedule thinks."""

    kind: str
    label: str
    live: ModelVersion | None
    run: TrainingRun | None
    seen: Observation
    decision: Decision


def kind_states() -> list[KindState]:
    """The state of each kind now."""
    policy = RetrainingPolicy.current()
    runs = {run.kind: run for run in TrainingRun.objects.active().defer("log")}
    states = []
    for kind in kinds.registered():
        seen = observe(kind.name, policy)
        states.append(
            KindState(
                kind=kind.name,
                label=str(kind.label),
                live=ModelVersion.objects.live(kind.name),
                run=runs.get(kind.name),
                seen=seen,
                decision=decide(seen, rules_of(policy), timezone.now()),
            )
        )
    return states


def overview_charts() -> list[SafeString]:
    """Metrics over versions and ratings since the watermark, for each kind."""
    policy = RetrainingPolicy.current()
    charts = []
    for kind in kinds.registered():
        charts.append(_metrics_chart(kind))
        charts.append(_ratings_chart(kind, policy))
    return [chart for chart in charts if chart]


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


def _metrics_chart(kind: AnyKind) -> SafeString:
    name = kind.metric
    rows = (
        ModelVersion.objects.filter(kind=kind.name, metrics__has_key=name)
        .order_by("-pk")
        .values_list("pk", f"metrics__{name}", f"metrics__against_{name}")[:VERSIONS_PLOTTED]
    )
    newest_last = list(rows)[::-1]
    series = [
        Series(name=_("candidate"), points=[(pk, own) for pk, own, _other in newest_last]),
        Series(
            name=_("compared with"),
            points=[(pk, other) for pk, _own, other in newest_last if other is not None],
            tone=2,
        ),
    ]
    title = _("%(kind)s: %(metric)s by version") % {"kind": kind.label, "metric": name}
    return line_chart(title, series, x_label=_("version"))


def _ratings_chart(kind: AnyKind, policy: RetrainingPolicy) -> SafeString:
    newest = ModelVersion.objects.newest(kind.name)
    if newest is None or newest.watermark is None:
        return SafeString("")
    needed = policy.new_ratings_needed(newest.rating_count)
    hours = (timezone.now() - newest.watermark).total_seconds() / 3600
    points = [(0.0, 0.0)]
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT width_bucket(extract(epoch FROM updated_at - %(from)s),
                                   0, %(seconds)s, %(n)s), count(*)
               FROM catalog_rating WHERE updated_at > %(from)s GROUP BY 1 ORDER BY 1""",
            {"from": newest.watermark, "seconds": max(hours * 3600, 1), "n": BUCKETS},
        )
        total = 0
        for bucket, count in cursor.fetchall():
            total += count
            points.append((round(min(bucket, BUCKETS) / BUCKETS * hours, 2), float(total)))
    points.append((round(hours, 2), float(total)))
    title = _("%(kind)s: ratings since the watermark") % {"kind": kind.label}
    return line_chart(
        title, [Series(name=_("new"), points=points, tone=3)], x_label=_("hours:"), limit=needed
    )

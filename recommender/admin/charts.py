"""Line charts of the admin: the library's pictures, with a title and a key to the colours."""

from __future__ import annotations

from collections.abc import Sequence

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from recommender.learning import line_chart as drawing
from recommender.learning.line_chart import Series


def line_chart(
    title: str,
    series: Sequence[Series],
    *,
    x_label: str = "",
    limit: float | None = None,
) -> SafeString:
    """A figure of one or more lines; ``limit`` is a dashed level. Empty without finite points."""
    picture = drawing.line_chart(title, series, x_label=x_label, limit=limit)
    if not picture:
        return SafeString("")
    lines = [line for line in series if line.finite.points]
    context = {"title": title, "lines": lines, "picture": SafeString(picture)}
    return render_to_string("admin/recommender/_chart.html", context)

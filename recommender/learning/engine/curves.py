"""A model's training history as a picture that stands alone: standard library only."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from recommender.learning.engine.training import Epoch
from recommender.learning.line_chart import HEIGHT, LEFT, WIDTH, Series, line_chart

_TITLE_HEIGHT = 24


def history_svg(history: Sequence[Epoch], title: str) -> str:
    """An SVG of the training loss per epoch, and of the validation score where there is one.

    Raises ``ValueError`` for an empty history.
    """
    if not history:
        raise ValueError("history must not be empty, got 0 epochs")
    losses = [(line.epoch, line.loss) for line in history]
    scores = [(line.epoch, line.score) for line in history if line.score is not None]
    panels = [Series(name="training loss", points=losses)]
    if scores:
        panels.append(Series(name="validation score", points=scores, tone=2))
    tall = _TITLE_HEIGHT + HEIGHT
    body = "".join(_panel(title, series, tall * place) for place, series in enumerate(panels))
    height = tall * len(panels)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'font-family="sans-serif" font-size="12"><title>{escape(title)}</title>'
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>{body}</svg>\n'
    )


def _panel(title: str, series: Series, top: int) -> str:
    heading = f"{title}: {series.name}"
    chart = line_chart(heading, [series], x_label="epoch", y=top + _TITLE_HEIGHT)
    return f'<text x="{LEFT}" y="{top + 18}" fill="#222">{escape(heading)}</text>{chart}'

"""A model's training history as a picture: standard library only."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from recommender.learning.engine.training import Epoch

_WIDTH, _HEIGHT = 640, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 16, 32, 32


def history_svg(history: Sequence[Epoch], title: str) -> str:
    """An SVG of the training loss per epoch, and of the validation score where there is one.

    Raises ``ValueError`` for an empty history.
    """
    if not history:
        raise ValueError("history must not be empty, got 0 epochs")
    panels = [("training loss", [line.loss for line in history])]
    scores = [line.score for line in history if line.score is not None]
    if scores:
        panels.append(("validation score", scores))
    height = _HEIGHT * len(panels)
    body = "".join(
        _panel(f"{title}: {name}", values, _HEIGHT * place)
        for place, (name, values) in enumerate(panels)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'font-family="sans-serif" font-size="12"><title>{escape(title)}</title>'
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>{body}</svg>\n'
    )


def _panel(title: str, values: Sequence[float], top: int) -> str:
    low, high = min(values), max(values)
    spread = (high - low) or 1.0
    right, bottom = _WIDTH - _RIGHT, top + _HEIGHT - _BOTTOM
    tall = _HEIGHT - _TOP - _BOTTOM
    step = (right - _LEFT) / max(len(values) - 1, 1)
    points = " ".join(
        f"{_LEFT + step * place:.1f},{bottom - tall * (value - low) / spread:.1f}"
        for place, value in enumerate(values)
    )
    return (
        f'<text x="{_LEFT}" y="{top + 20}" fill="#222">{escape(title)}</text>'
        f'<path d="M{_LEFT} {top + _TOP}V{bottom}H{right}" fill="none" stroke="#999"/>'
        f'<polyline points="{points}" fill="none" stroke="#b3261e" stroke-width="2"/>'
        + _text(_LEFT - 6, top + _TOP + 4, f"{high:.3g}", "end")
        + _text(_LEFT - 6, bottom, f"{low:.3g}", "end")
        + _text(_LEFT, bottom + 18, "1", "start")
        + _text(right, bottom + 18, f"{len(values)} epochs", "end")
    )


def _text(x: int, y: int, text: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="#555">{text}</text>'

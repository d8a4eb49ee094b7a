"""Filters that turn numbers into the geometry of small SVG charts, in any language with a point."""

from collections.abc import Sequence

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

WORST_ERROR, ERROR_HEIGHT = 2.0, 100
WIDEST_LEAN, LEAN_UNIT = 1.25, 40
SPARKS_WIDTH = 300


def _plain(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


@register.filter
def times(value: float, factor: float) -> str:
    return _plain(float(value) * float(factor))


@register.filter
def minus(value: int, other: int) -> int:
    return value - other


@register.filter
def absolute(value: float) -> float:
    return abs(value)


@register.filter
def two_decimals(value: float) -> str:
    return number_format(round(value, 2), decimal_pos=2)


@register.filter
def signed(value: float) -> str:
    """``-0.31`` → ``−0.31``, with the sign that stands for minus."""
    text = number_format(round(abs(value), 2), decimal_pos=2)
    return f"−{text}" if value <= -0.005 else text


@register.filter
def rounded(value: float) -> int:
    return round(value)


@register.filter
def map_radius(stars: float) -> str:
    return _plain(3 + float(stars) * 1.6)


@register.filter
def spread(place: int, items: Sequence[object]) -> str:
    """The left edge of bar ``place`` when all of ``items`` share the width."""
    return _plain(place * SPARKS_WIDTH / len(items))


@register.filter
def spread_width(items: Sequence[object]) -> str:
    return _plain(SPARKS_WIDTH / len(items) * 0.75)


@register.filter
def error_level(stars: float) -> str:
    """How far below the top an error of so many stars is drawn; the worst reach the top."""
    return _plain(ERROR_HEIGHT * (1 - min(stars, WORST_ERROR) / WORST_ERROR))


@register.filter
def error_bar(stars: float) -> SafeString:
    """Up from the ground, as high as the error."""
    height = ERROR_HEIGHT * min(stars, WORST_ERROR) / WORST_ERROR
    return format_html('y="{}" height="{}"', _plain(ERROR_HEIGHT - height), _plain(height))


@register.filter
def lean_bar(difference: float) -> SafeString:
    """Right from the middle for more than others, else left."""
    width = min(abs(difference), WIDEST_LEAN) * LEAN_UNIT
    return format_html(
        'x="{}" width="{}"', _plain(0 if difference > 0 else -width), _plain(max(width, 0.5))
    )

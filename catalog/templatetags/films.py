"""Drawing films: covers, posters, stars."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django import template
from django.templatetags.static import static
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import get_text_list
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from catalog.covers import cover_of
from catalog.models import Movie

register = template.Library()

FLIP = mark_safe(' transform="matrix(-1 0 0 1 200 0)"')


@register.simple_tag
def cover(movie: Movie, variant: str = "", loading: str = "lazy") -> SafeString:
    """The poster over the designed cover, so that something good shows when no image comes.

    ``variant="thumb"`` leaves out the words, for pictures of a few dozen pixels.
    """
    design = cover_of(movie)
    words: str | SafeString = ""
    if variant != "thumb":
        words = format_html(
            '<span class="cover-words"><span class="cover-line"><span>{}</span><span>{}</span>'
            '</span><span class="cover-title">{}</span></span>',
            design.genre or _("Film"),
            movie.year or "",
            movie.title,
        )
    poster: str | SafeString = ""
    if movie.poster_url:
        poster = format_html(
            '<img src="{}" alt="" width="342" height="513" loading="{}"'
            ' decoding="async" data-poster>',
            movie.poster_url,
            loading,
        )
    return format_html(
        '<span class="cover cover-{} tone-{}{}{}" aria-hidden="true"><span class="cover-design">{}'
        '<svg class="cover-art" viewBox="0 0 200 220" preserveAspectRatio="xMidYMax slice">'
        '<use href="{}#{}" width="200" height="220"{}/></svg></span>{}</span>',
        design.size,
        design.tone,
        " cover-below" if design.below else "",
        " cover-thumb" if variant == "thumb" else "",
        words,
        static("img/covers.svg"),
        design.motif,
        FLIP if design.flipped else "",
        poster,
    )


@register.filter
def cover_tone(movie: Movie) -> str:
    """The class of the film's palette, for tinting a page in its colours."""
    return f"tone-{cover_of(movie).tone}"


@register.filter
def stars(value: float | None) -> str:
    """``3.5`` → ``3.5``, ``4.0`` → ``4``: stars as the reader's language writes them."""
    if value is None:
        return ""
    return number_format(value, decimal_pos=None if value != int(value) else 0)


@register.filter
def one_decimal(value: float | None) -> str:
    # Formatting alone would cut the digits off.
    return "" if value is None else number_format(round(value, 1), decimal_pos=1)


@register.filter
def minutes(value: int | None) -> str:
    """``136`` → ``2 h 16 min``."""
    if not value:
        return ""
    hours, rest = divmod(value, 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": rest}
    if not rest:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}


@register.filter
def lookup(mapping: Mapping[object, object], key: object) -> object:
    """``mapping[key]``, or None."""
    return mapping.get(key)


@register.inclusion_tag("components/star_control.html", takes_context=True)
def star_control(
    context: template.Context,
    movie: Movie,
    current: float | None = None,
    size: str = "",
    place: str = "",
) -> dict[str, object]:
    """Half-stars to click. ``place`` tells two controls of one film on one page apart."""
    return {
        "movie": movie,
        "current": current,
        "size": size,
        "name": f"stars-{place}{movie.pk}",
        "steps": _steps(get_language() or ""),
        "csrf_token": context.get("csrf_token"),
    }


@cache
def _steps(language: str) -> list[tuple[float, str]]:
    """The ten half-stars, each with what it is called in the language in force."""
    return [
        (
            half_stars / 2,
            ngettext("%(stars)s star", "%(stars)s stars", min(half_stars, 3) - 1)
            % {"stars": stars(half_stars / 2)},
        )
        for half_stars in range(1, 11)
    ]


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """One symbol of ``img/icons.svg``, decorative."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        f" {extra}" if extra else "",
        static("img/icons.svg"),
        name,
    )


@register.filter
def half(half_stars: int | None) -> float | None:
    """Half-stars in stars: ``7`` → ``3.5``."""
    return half_stars / 2 if half_stars else None


@register.filter
def reason_titles(reasons: Iterable[Any], most: int = 2) -> str:
    """The titles of the films that weighed most, as a list in words."""
    titles = [reason.movie.title for reason in list(reasons)[:most]]
    return get_text_list(titles, _("and"))


@register.filter
def decade(year: int) -> int:
    """``1994`` → ``1990``."""
    return year // 10 * 10


@register.filter
def magnitude(value: float) -> str:
    """A weight without its sign, to two decimals."""
    return number_format(round(abs(value), 2), decimal_pos=2)


@register.simple_tag
def movies_query(
    movies: Iterable[Movie], add: Movie | None = None, without: Movie | None = None
) -> str:
    """``?movie=1&movie=2`` of some films, with one more at the end or without one of them."""
    keys = [movie.pk for movie in movies if movie != without]
    if add is not None:
        keys.append(add.pk)
    return "?" + urlencode([("movie", key) for key in keys])


@register.simple_tag(takes_context=True)
def query_without(context: template.Context, *names: str) -> str:
    """The page's query without some of its fields: an address that takes a filter off."""
    query = context["request"].GET.copy()
    for name in names:
        query.pop(name, None)
    return f"?{query.urlencode()}"

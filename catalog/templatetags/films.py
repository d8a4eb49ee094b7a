"""Template tags that draw films, and filters that format numbers about them."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import blake2s
from typing import Any
from urllib.parse import urlencode

from django import template
from django.contrib.messages.storage.base import Message
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog.film_parts import drawn
from catalog.models import Movie, Person
from catalog.rendering import film_cards
from catalog.rendering.covers import cover_of, portrait_tone
from catalog.rendering.money import dollars

register = template.Library()

register.simple_tag(film_cards.cover, name="cover")
register.simple_tag(film_cards.icon, name="icon")
register.simple_tag(film_cards.predicted_stars, name="predicted_stars")
register.filter("stars", film_cards.stars_text)
register.filter(film_cards.stars_in_words)
register.filter("one_decimal", film_cards.one_decimal)
register.filter("dollars", dollars)


@register.simple_tag(takes_context=True)
def film_card(
    context: template.Context,
    movie: Movie,
    predicted: float | None = None,
    uncertain: bool = False,
    reasons: Iterable[film_cards.ReasonLike] = (),
) -> SafeString:
    """A film in a list; members can rate and keep it from there."""
    return film_cards.film_card(
        movie,
        for_member=_is_member(context),
        predicted=predicted,
        uncertain=uncertain,
        reasons=reasons or (),
    )


@register.simple_tag(takes_context=True)
def film_items(context: template.Context, cards: Iterable[film_cards.CardLike]) -> SafeString:
    """List items of recommended films; those that the page has already come empty."""
    items, _marks = film_cards.recommended_items(
        cards, for_member=_is_member(context), known=context.get("marks")
    )
    return items


@register.simple_tag(takes_context=True)
def film_row(context: template.Context, row: Any) -> SafeString:
    """A row of films under a mark of what it shows; what the page has already comes empty."""
    known: Mapping[str, str] = context.get("marks") or {}
    with context.push(row=row):
        head = template.Engine.get_default().get_template("components/row.html").render(context)
    films, marks = film_cards.recommended_items(
        row.cards, for_member=_is_member(context), known=known
    )
    mark = blake2s(f"{head} {marks}".encode(), digest_size=6).hexdigest()
    if mark == known.get(row.key):
        return format_html('<section data-row="{}" data-same></section>', row.key)
    section = '<section class="row" aria-labelledby="row-{0}" data-row="{0}" data-mark="{1}">{2}'
    track = '<ul class="row-track" data-track>{3}</ul>'
    return format_html(f"{section}{track}</section>", row.key, mark, head, films)


@register.simple_tag(takes_context=True)
def film_part(context: template.Context, name: str, movie: Movie) -> SafeString:
    """A part of a film's page that somebody else draws: see ``catalog.film_parts``."""
    return drawn(name, context["request"], movie)


def _is_member(context: template.Context) -> bool:
    user = context.get("user")
    return bool(user and user.is_authenticated)


@register.filter
def cover_tone(movie: Movie) -> str:
    """The class of the film's palette, for tinting a page in its colours."""
    return f"tone-{cover_of(movie).tone}"


@register.inclusion_tag("components/portrait.html")
def portrait(person: Person, size: str = "", loading: str = "lazy") -> dict[str, object]:
    """A person's picture over the initials, which show when no picture comes."""
    tone = portrait_tone(person.name)
    return {"person": person, "size": size, "tone": tone, "loading": loading}


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
        "radios": _radios(f"stars-{place}{movie.pk}", current),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("components/star_choice.html")
def star_choice(legend: str, name: str, current: str | None, place: str) -> dict[str, object]:
    """Half-stars as a field of a larger form, which may be left empty."""
    given = {f"{half / 2}": half / 2 for half in range(1, 11)}
    stars = given.get(str(current))  # a form shows again what was sent, which may be no stars
    return {
        "legend": legend,
        "name": name,
        "none": f"{place}-none",
        "current": stars,
        "radios": _radios(place, stars, name),
    }


def _radios(key_start: str, current: float | None, name: str = "rating") -> SafeString:
    radios = [
        (stars, f"{key_start}-{stars:g}", label, stars == current)
        for stars, label in _steps(get_language() or "")
    ]
    return film_cards.draw("star_radios", name, radios)


@cache
def _steps(language: str) -> list[tuple[float, str]]:
    """The ten half-stars, each with what it is called in the language in force."""
    return [(half / 2, film_cards.stars_in_words(half)) for half in range(1, 11)]


@register.filter
def undo(message: Message) -> dict[str, str] | None:
    """What takes back the action that a message tells of, where something does."""
    kept = message.extra_tags or ""
    return json.loads(kept) if kept.startswith("{") else None


@register.filter
def half(half_stars: int | None) -> float | None:
    """Half-stars in stars: ``7`` → ``3.5``."""
    return half_stars / 2 if half_stars else None


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

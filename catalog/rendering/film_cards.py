"""The markup that a page repeats a hundred times: covers, icons, film cards.

It is built here instead of in templates because a home page has ninety cards, and rendering
them took most of its time. Everything that comes from data goes through ``escape``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape
from typing import Protocol

from django.templatetags.static import static
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog.film_urls import actions_address, see_address
from catalog.models import Movie

from .covers import cover_of

REASONS_NAMED = 2


@cache
def _asset(path: str) -> str:
    """The address of a static file; asked for three times per card, and always the same."""
    return static(path)


class Titled(Protocol):
    @property
    def title(self) -> str: ...


class ReasonLike(Protocol):
    @property
    def movie(self) -> Titled: ...


class CardLike(Protocol):
    """A recommended film: see ``recommender.pages.cards.Card``."""

    @property
    def movie(self) -> Movie: ...
    @property
    def predicted_rating(self) -> float | None: ...
    @property
    def is_uncertain(self) -> bool: ...
    @property
    def reasons(self) -> Iterable[ReasonLike]: ...


@dataclass(frozen=True)
class _Said:
    """What every card says, in one language: looked up once instead of a hundred times a page."""

    language: str | None
    rate: str
    seen: str
    because: str
    and_: str
    guess_hint: str
    guess: str
    predicted: str

    @staticmethod
    @cache
    def in_(language: str | None) -> "_Said":
        """In the language in force, which ``language`` names."""
        return _Said(
            language=language,
            rate=_("Rate or keep %(title)s"),
            seen=_("I have seen %(title)s"),
            because=_("Because of %(titles)s"),
            and_=_("and"),
            guess_hint=escape(_("A first guess: the more you rate, the surer it gets")),
            guess=escape(_("First guess for you:")),
            predicted=escape(_("Predicted for you:")),
        )


@lru_cache(1000)
def _genre_name(name: str, _language: str | None) -> str:
    return escape(_(name or "Film"))


def stars_text(value: float | None) -> str:
    """``3.5`` → ``3.5``, ``4.0`` → ``4``: stars as the reader's language writes them."""
    if value is None:
        return ""
    return _number(value, 0 if value == int(value) else None, get_language())


def one_decimal(value: float | None) -> str:
    # Formatting alone would cut the digits off.
    return "" if value is None else _number(round(value, 1), 1, get_language())


@lru_cache(1000)
def _number(value: float, places: int | None, _language: str | None) -> str:
    return number_format(value, decimal_pos=places)


@cache
def icon(name: str, extra: str = "") -> SafeString:
    """One symbol of ``img/icons.svg``, decorative."""
    kind = f"icon {extra}" if extra else "icon"
    return mark_safe(  # noqa: S308
        f'<svg class="{kind}" aria-hidden="true">'
        f'<use href="{_asset("img/icons.svg")}#{name}"/></svg>'
    )


def cover(movie: Movie, variant: str = "", loading: str = "lazy") -> SafeString:
    """The poster over the designed cover, so that something good shows when no image comes.

    ``variant="thumb"`` leaves out the words, for pictures of a few dozen pixels.
    """
    return mark_safe(_cover(movie, variant, loading, get_language()))  # noqa: S308


def _cover(movie: Movie, variant: str, loading: str, language: str | None) -> str:
    design = cover_of(movie)
    kind = f"cover cover-{design.size} tone-{design.tone}"
    words = poster = ""
    if variant == "thumb":
        kind += " cover-thumb"
    else:
        words = (
            '<span class="cover-words"><span class="cover-line">'
            f"<span>{_genre_name(design.genre, language)}</span>"
            f"<span>{movie.year or ''}</span>"
            f'</span><span class="cover-title">{escape(movie.title)}</span></span>'
        )
    if design.below:
        kind += " cover-below"
    if address := movie.poster_url:
        poster = (
            f'<img src="{escape(address)}" alt="" width="342" height="513" loading="{loading}"'
            ' decoding="async" data-poster>'
        )
    flip = ' transform="matrix(-1 0 0 1 200 0)"' if design.flipped else ""
    return (
        f'<span class="{kind}" aria-hidden="true"><span class="cover-design">{words}'
        '<svg class="cover-art" viewBox="0 0 200 220" preserveAspectRatio="xMidYMax slice">'
        f'<use href="{_asset("img/covers.svg")}#{design.motif}" width="200" height="220"{flip}/>'
        f"</svg></span>{poster}</span>"
    )


def film_card(
    movie: Movie,
    *,
    actions: str = "",
    predicted: float | None = None,
    uncertain: bool = False,
    reasons: Iterable[ReasonLike] = (),
) -> SafeString:
    """A film in a list. ``actions`` is the address of its dialog, "" for visitors.

    The title's link covers the card; the star beside the year opens the dialog, and without
    scripts leads to the rating on the film's page; the tick beside it marks the film as seen.
    """
    said = _Said.in_(get_language())
    return mark_safe(_card(movie, actions, predicted, uncertain, reasons, said))  # noqa: S308


def recommended_items(cards: Iterable[CardLike], *, for_member: bool) -> SafeString:
    """List items of recommendations: each film, with what is predicted and why."""
    said = _Said.in_(get_language())
    items = [
        _card(
            card.movie,
            actions_address(card.movie.pk) if for_member else "",
            card.predicted_rating,
            card.is_uncertain,
            card.reasons,
            said,
        )
        for card in cards
    ]
    return mark_safe("".join(f"<li>{item}</li>" for item in items))  # noqa: S308


def _card(
    movie: Movie,
    actions: str,
    predicted: float | None,
    uncertain: bool,
    reasons: Iterable[ReasonLike],
    said: _Said,
) -> str:
    address, title = movie.get_absolute_url(), escape(movie.title)
    facts = f"<span>{movie.year}</span>" if movie.year else ""
    if predicted:
        facts += _predicted(predicted, uncertain, said)
    more = why = ""
    if actions:
        half_stars: int | None = getattr(movie, "your_half_stars", None)
        yours = stars_text(half_stars / 2) if half_stars else ""
        label = escape(said.rate % {"title": movie.title})
        more = (
            f'<a class="film-more" href="{address}#yours" data-actions="{actions}">'
            f'<span class="sr-only">{label}</span><span data-your-stars>{yours}</span>'
            f"{icon('star')}</a>"
        )
        more = _seen_button(movie, said) + more
    if named := [reason.movie.title for reason in reasons][:REASONS_NAMED]:
        because = escape(said.because % {"titles": f" {said.and_} ".join(named)})
        why = f'<p class="film-why">{because}</p>'
    image = _cover(movie, "", "lazy", said.language)
    return (
        f'<article class="film" data-film="{movie.pk}"><span class="film-poster">{image}'
        f'</span><h3 class="film-name"><a class="film-link" href="{address}">{title}</a></h3>'
        f'<div class="film-foot"><p class="film-facts">{facts}</p>{more}</div>{why}</article>'
    )


def _seen_button(movie: Movie, said: _Said) -> str:
    """One click that marks the film as seen; no longer there for one that is known to be."""
    marks = ("your_half_stars", "is_marked_seen", "is_in_diary")
    gone = " hidden" if any(getattr(movie, mark, None) for mark in marks) else ""
    label = escape(said.seen % {"title": movie.title})
    return (
        f'<button type="button" class="film-seen" hx-post="{see_address(movie.pk)}"'
        f' hx-swap="none" data-mark-seen="{movie.pk}" aria-label="{label}"{gone}>'
        f"{icon('check')}</button>"
    )


def _predicted(stars: float, uncertain: bool, said: _Said) -> str:
    if uncertain:
        words, kind, about = said.guess, f'uncertain" title="{said.guess_hint}', "~"
    else:
        words, kind, about = said.predicted, "", ""
    shown = _number(round(stars, 1), 1, said.language)
    return (
        f'<span class="predicted {kind}"><span class="sr-only">{words}</span>'
        f"{icon('next')}{about}{shown}</span>"
    )

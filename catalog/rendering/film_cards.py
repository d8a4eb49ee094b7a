"""The parts that a page repeats a hundred times: covers, icons, film cards.

Their markup is in ``templates/components/films.jinja``. Jinja compiles it to Python: rendering
the ninety cards of a home page in Django's own templates took most of its time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2s
from typing import NamedTuple, Protocol, cast

from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from catalog.film_urls import actions_pattern, film_pattern, see_pattern, slug
from catalog.models import Movie

from .covers import Cover, cover_of

REASONS_NAMED = 2
COVERS_KEPT = 4000  # of a process, as drawn: a kilobyte each
SEEN_MARKS = ("your_half_stars", "is_marked_seen", "is_in_diary")


class Titled(Protocol):
    @property
    def shown_title(self) -> str: ...


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


class _FilmCard(NamedTuple):
    """What the template of a card says. ``actions`` and what follows are "" where they miss."""

    movie: Movie
    address: str
    cover: str  # markup
    predicted: str  # markup
    actions: str  # address of the dialog in which a member rates or keeps the film
    action: str
    see: str  # address that marks the film as seen
    seen: str
    is_seen: bool
    yours: str  # the member's own stars
    service: str  # which of the reader's own services includes the film
    why: str

    @property
    def mark(self) -> str:
        """Of all that the template says: the same where the same would be drawn."""
        movie = self.movie
        said = (movie.pk, movie.title, movie.local_title, movie.year, movie.hidden, *self[1:])
        return blake2s(repr(said).encode(), digest_size=3).hexdigest()


@dataclass(frozen=True)
class _Texts:
    """What every card says, in one language: looked up once instead of a hundred times a page."""

    rate: str
    seen: str
    because: str
    service: str
    and_: str

    @staticmethod
    @cache
    def in_(_language: str | None) -> "_Texts":
        """In the language in force, which is named so that each has its own."""
        return _Texts(
            rate=_("Rate or save %(title)s"),
            seen=_("I have seen %(title)s"),
            because=_("Because of %(titles)s"),
            service=_("On %(service)s"),
            and_=_("and"),
        )


def draw(macro: str, *values: object) -> SafeString:
    """What a macro of the template makes of ``values``, without white space around it."""
    environment = cast(Jinja2, engines["jinja2"]).env
    macros = environment.get_template("components/films.jinja").module
    drawn: str = getattr(macros, macro)(*values)
    return mark_safe(drawn.strip())  # noqa: S308


def forget_drawings() -> None:
    """Draw all pieces anew: they keep the address of static files, of which a process has one."""
    if (macros := cast(Jinja2, engines["jinja2"]).env.cache) is not None:
        macros.clear()
    icon.cache_clear()
    _cover.cache_clear()
    _predicted_stars.cache_clear()


def stars_text(value: float | None) -> str:
    """``3.5`` → ``3.5``, ``4.0`` → ``4``: stars as the reader's language writes them."""
    if value is None:
        return ""
    return _number(value, 0 if value == int(value) else None, get_language())


def stars_in_words(half_stars: int) -> str:
    """``2`` → ``1 star``, ``3`` → ``1.5 stars``: French counts what is less than two as one."""
    plural = {1: 0, 2: 1, 3: 0}.get(half_stars, 2)
    text = ngettext("%(stars)s star", "%(stars)s stars", plural)
    return text % {"stars": stars_text(half_stars / 2)}


def one_decimal(value: float | None) -> str:
    # Formatting alone would cut the digits off.
    return "" if value is None else _number(round(value, 1), 1, get_language())


@lru_cache(1000)
def _number(value: float, places: int | None, _language: str | None) -> str:
    return number_format(value, decimal_pos=places)


@lru_cache(1000)
def _genre_name(name: str, _language: str | None) -> str:
    return _(name or "Film")


@cache
def icon(name: str, extra: str = "") -> SafeString:
    """One symbol of ``img/icons.svg``, decorative."""
    return draw("icon", name, extra)


def predicted_stars(
    stars: float | None, uncertain: bool = False, labelled: bool = True
) -> SafeString:
    """What somebody would give: everywhere on the site it looks like this.

    ``labelled`` tells screen readers that it is predicted, where no words beside it do.
    """
    return _predicted_stars(round(stars or 0, 1), uncertain, labelled, get_language())


@lru_cache(1000)
def _predicted_stars(
    stars: float, uncertain: bool, labelled: bool, language: str | None
) -> SafeString:
    if not stars:
        return mark_safe("")
    return draw("predicted_stars", _number(stars, 1, language), uncertain, labelled)


def cover(movie: Movie, variant: str = "", loading: str = "lazy") -> SafeString:
    """The poster over the designed cover, so that something good shows when no image comes.

    ``variant="thumb"`` leaves out the words, for pictures of a few dozen pixels.
    """
    design = cover_of(movie)
    genre = "" if variant else _genre_name(design.genre, get_language())
    title = movie.local_title or movie.title
    return _cover(title, movie.year, movie.poster_url, design, genre, variant, loading)


@lru_cache(COVERS_KEPT)
def _cover(
    title: str,
    year: int | None,
    poster: str | None,
    design: Cover,
    genre: str,
    variant: str,
    loading: str,
) -> SafeString:
    """The same for everybody, and the largest part of a card: drawn once."""
    kind = variant and f"cover-{variant}"
    return draw("cover", title, year, poster, design, genre, kind, loading)


def film_card(
    movie: Movie,
    *,
    for_member: bool,
    predicted: float | None = None,
    uncertain: bool = False,
    reasons: Iterable[ReasonLike] = (),
) -> SafeString:
    """A film in a list, which members can rate and keep from there.

    The title's link covers the card; the star beside the year opens the dialog, and without
    scripts leads to the rating on the film's page. The tick beside it marks the film as seen.
    """
    card = _Cards(for_member).card(movie, predicted, uncertain, reasons)
    return draw("film_card", card, icon("star"), icon("check"))


def recommended_items(
    cards: Iterable[CardLike], *, for_member: bool, known: Mapping[str, str] | None = None
) -> tuple[SafeString, list[str]]:
    """List items of recommendations, each film with what is predicted and why, and their marks.

    ``known`` are marks by film, of what a page has already: such a film comes empty.
    """
    made = _Cards(for_member)
    items = [
        made.card(card.movie, card.predicted_rating, card.is_uncertain, card.reasons)
        for card in cards
    ]
    marks = [item.mark for item in items]
    has = known or {}
    same = [has.get(str(item.movie.pk)) == mark for item, mark in zip(items, marks, strict=True)]
    marked = list(zip(items, marks, same, strict=True))
    return draw("film_items", marked, icon("star"), icon("check")), marks


class _Cards:
    """What the cards of one list have in common: asked for once instead of for each of them."""

    def __init__(self, for_member: bool) -> None:
        self.language = get_language()
        self.texts = _Texts.in_(self.language)
        self.address = film_pattern()
        self.actions = actions_pattern() if for_member else ""
        self.see = see_pattern()

    def card(
        self,
        movie: Movie,
        predicted: float | None,
        uncertain: bool,
        reasons: Iterable[ReasonLike],
    ) -> _FilmCard:
        half_stars: int | None = getattr(movie, "your_half_stars", None)
        named = [reason.movie.shown_title for reason in reasons][:REASONS_NAMED]
        because = {"titles": f" {self.texts.and_} ".join(named)}
        return _FilmCard(
            movie=movie,
            address=self.address.format(movie.pk, slug(movie.title)),
            cover=cover(movie),
            predicted=_predicted_stars(round(predicted or 0, 1), uncertain, True, self.language),
            actions=self.actions.format(movie.pk),
            action=self.texts.rate % {"title": movie.local_title or movie.title},
            see=self.see.format(movie.pk),
            seen=self.texts.seen % {"title": movie.local_title or movie.title},
            is_seen=any(getattr(movie, mark, None) for mark in SEEN_MARKS),
            yours=stars_text(half_stars / 2) if half_stars else "",
            service=self.texts.service % {"service": movie.service} if movie.service else "",
            why=self.texts.because % because if named else "",
        )

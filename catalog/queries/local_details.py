"""What a film's page shows in the reader's language and country, with English as fallback."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, IntegerField, Value, When

from catalog.models import FieldProvenance, FilmTranslation, Movie, Offer, Origin, Provider, Release
from catalog.models.provider import OfferKind
from catalog.models.release import ReleaseKind

# The certificate of the showing in cinemas counts before that of a disc.
BY_WEIGHT = (
    ReleaseKind.CINEMA,
    ReleaseKind.LIMITED,
    ReleaseKind.DIGITAL,
    ReleaseKind.PHYSICAL,
    ReleaseKind.TV,
    ReleaseKind.PREMIERE,
)


@dataclass(frozen=True)
class Words:
    """``is_translated`` is False for what stands there in English, whatever is asked for."""

    text: str
    is_translated: bool


@dataclass(frozen=True)
class LocalDetails:
    """``released_on`` and ``certificate`` are the country's own."""

    title: str
    overview: Words
    tagline: Words
    released_on: date | None
    certificate: str
    offers: list[tuple[OfferKind, list[Provider]]]
    is_from_tmdb: bool


def local_details(movie: Movie, *, language: str, country: str) -> LocalDetails:
    """Reads translations, releases, offers and origins of one film."""
    language = language.split("-")[0]
    words = FilmTranslation.objects.filter(movie=movie, language=language).first()
    release = _release(movie, country)
    in_tmdb = FieldProvenance.objects.filter(movie=movie, origin=Origin.TMDB)
    return LocalDetails(
        title=title_in(language, movie, words.title if words else ""),
        overview=_words(words.overview if words else "", movie.overview),
        tagline=_words(words.tagline if words else "", movie.tagline),
        released_on=release.released_on if release else None,
        certificate=release.certificate if release else "",
        offers=_offers(movie, country),
        is_from_tmdb=in_tmdb.exists(),
    )


def title_in(language: str, movie: Movie, translated: str) -> str:
    """A film has its original title in its own language, where no other is known there."""
    if translated:
        return translated
    is_own = bool(movie.original_title) and movie.original_language == language != "en"
    return movie.original_title if is_own else movie.title


def _words(translated: str, english: str) -> Words:
    return Words(translated or english, bool(translated))


def _release(movie: Movie, country: str) -> Release | None:
    """The release of most weight; its certificate may be another's, where it has none."""
    weight = Case(
        *(When(kind=kind, then=Value(place)) for place, kind in enumerate(BY_WEIGHT)),
        output_field=IntegerField(),
    )
    releases = list(Release.objects.filter(movie=movie, country=country).order_by(weight))
    if not releases:
        return None
    first = releases[0]
    first.certificate = next((one.certificate for one in releases if one.certificate), "")
    return first


def _offers(movie: Movie, country: str) -> list[tuple[OfferKind, list[Provider]]]:
    offers = Offer.objects.filter(movie=movie, country=country).select_related("provider")
    by_kind: dict[str, list[Provider]] = {}
    for offer in offers.order_by("priority", "pk"):
        by_kind.setdefault(offer.kind, []).append(offer.provider)
    return [(kind, by_kind[kind]) for kind in OfferKind if kind in by_kind]

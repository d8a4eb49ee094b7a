"""Records of what TMDB says. None and empty mean: not known there."""

from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class FoundFilm:
    """One film of a search or a list."""

    tmdb_id: int
    title: str
    original_title: str = ""
    year: int | None = None
    release_date: date | None = None
    overview: str = ""
    poster_path: str = ""
    adult: bool = False


@dataclass(frozen=True, slots=True)
class CreditRecord:
    """One person's part in a film; ``kind`` is ``cast`` or ``crew``."""

    tmdb_person_id: int
    name: str
    profile_path: str
    kind: Literal["cast", "crew"]
    job: str
    character: str
    order: int


@dataclass(frozen=True, slots=True)
class KeywordRecord:
    tmdb_id: int
    name: str


@dataclass(frozen=True, slots=True)
class TranslationRecord:
    """Words in one language (ISO 639-1), as spoken in one country (ISO 3166-1)."""

    language: str
    country: str
    title: str
    overview: str
    tagline: str


@dataclass(frozen=True, slots=True)
class ReleaseRecord:
    """``kind`` is TMDB's number: 1 premiere, 2 limited, 3 cinemas, 4 digital, 5 physical, 6 TV."""

    country: str
    kind: int
    released_on: date
    certificate: str


@dataclass(frozen=True, slots=True)
class OfferRecord:
    """A provider that has the film; ``kind`` is flatrate, free, ads, rent or buy."""

    country: str
    kind: str
    provider_id: int
    provider_name: str
    logo_path: str
    priority: int


@dataclass(frozen=True, slots=True)
class CollectionRecord:
    tmdb_id: int
    name: str
    poster_path: str
    backdrop_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmRecord:
    """All that one call tells of a film.

    ``companies`` are (TMDB id, name), ``countries`` and ``languages`` (ISO code, name).
    """

    tmdb_id: int
    title: str
    imdb_id: str | None = None
    original_title: str = ""
    year: int | None = None
    release_date: date | None = None
    runtime: int | None = None
    overview: str = ""
    tagline: str = ""
    original_language: str = ""
    status: str = ""
    homepage: str = ""
    poster_path: str = ""
    adult: bool | None = None
    video: bool | None = None
    budget: int | None = None
    revenue: int | None = None
    popularity: float | None = None
    vote_average: float | None = None
    vote_count: int | None = None
    genres: tuple[str, ...] = ()
    collection: CollectionRecord | None = None
    companies: tuple[tuple[int, str], ...] = ()
    countries: tuple[tuple[str, str], ...] = ()
    languages: tuple[tuple[str, str], ...] = ()
    credits: tuple[CreditRecord, ...] = ()
    keywords: tuple[KeywordRecord, ...] = ()
    translations: tuple[TranslationRecord, ...] = ()
    releases: tuple[ReleaseRecord, ...] = ()
    offers: tuple[OfferRecord, ...] = ()

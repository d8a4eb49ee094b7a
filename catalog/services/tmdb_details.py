"""Writes what hangs on a film from TMDB: ids, translations, releases, providers, people."""

from collections.abc import Iterable, Iterator

from django.conf import settings

from catalog.models import FilmTranslation, Link, Movie, Offer, Provider, Release
from catalog.tmdb.records import FilmRecord, OfferRecord, ReleaseRecord, TranslationRecord

from .credits import set_credits, set_keywords
from .tmdb_fields import Rights


def write_details(movie: Movie, film: FilmRecord, rights: Rights) -> Iterator[str]:
    """Replace what TMDB said before; yields what was written."""
    if "links" not in rights.locked:
        yield from _write_link(movie, film)
    if "translations" not in rights.locked:
        _write_translations(movie, film.translations)
        yield "translations"
    if "releases" not in rights.locked:
        _write_releases(movie, film.releases)
        yield "releases"
    if "offers" not in rights.locked:
        _write_offers(movie, film.offers)
        yield "offers"
    # Both look at locks and note the origin themselves.
    set_credits(movie, film.credits)
    set_keywords(movie, film.keywords)


def _write_link(movie: Movie, film: FilmRecord) -> Iterator[str]:
    link = Link.objects.filter(movie=movie).first() or Link(movie=movie)
    before = (link.tmdb_id, link.imdb_id)
    link.tmdb_id = link.tmdb_id or film.tmdb_id
    link.imdb_id = link.imdb_id or film.imdb_id
    if (link.tmdb_id, link.imdb_id) != before:
        link.save()
        yield "links"


def _write_translations(movie: Movie, told: Iterable[TranslationRecord]) -> None:
    """One for each language of the interface, of the site's countries' rather than of others'."""
    wanted = {code for code, _ in settings.LANGUAGES} - {"en"}
    best: dict[str, TranslationRecord] = {}
    for one in sorted(told, key=lambda one: _place_of(one.country)):
        if one.language in wanted:
            best.setdefault(one.language, one)
    movie.translations.all().delete()
    FilmTranslation.objects.bulk_create(
        FilmTranslation(
            movie=movie,
            language=one.language,
            title=one.title,
            overview=one.overview,
            tagline=one.tagline,
        )
        for one in best.values()
    )


def _place_of(country: str) -> int:
    countries = settings.MATINEE_COUNTRIES
    return countries.index(country) if country in countries else len(countries)


def _write_releases(movie: Movie, told: Iterable[ReleaseRecord]) -> None:
    """The first of each kind in each of the site's countries, with the certificate of any."""
    first: dict[tuple[str, int], Release] = {}
    for one in sorted(told, key=lambda one: one.released_on):
        if one.country in settings.MATINEE_COUNTRIES:
            release = first.setdefault(
                (one.country, one.kind),
                Release(
                    movie=movie,
                    country=one.country,
                    kind=one.kind,
                    released_on=one.released_on,
                ),
            )
            release.certificate = release.certificate or one.certificate
    movie.releases.all().delete()
    Release.objects.bulk_create(first.values())


def _write_offers(movie: Movie, told: Iterable[OfferRecord]) -> None:
    here = [one for one in told if one.country in settings.MATINEE_COUNTRIES]
    Provider.objects.bulk_create(
        {
            one.provider_id: Provider(
                tmdb_id=one.provider_id, name=one.provider_name, logo_path=one.logo_path
            )
            for one in sorted(here, key=lambda one: one.provider_id)
        }.values(),
        update_conflicts=True,
        unique_fields=["tmdb_id"],
        update_fields=["name", "logo_path"],
    )
    numbers = [one.provider_id for one in here]
    keys = dict(Provider.objects.filter(tmdb_id__in=numbers).values_list("tmdb_id", "pk"))
    movie.offers.all().delete()
    Offer.objects.bulk_create(
        (
            Offer(
                movie=movie,
                country=one.country,
                kind=one.kind,
                provider_id=keys[one.provider_id],
                priority=one.priority,
            )
            for one in here
        ),
        ignore_conflicts=True,  # TMDB may name one twice
    )

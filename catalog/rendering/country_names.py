"""Names of countries by their ISO 3166-1 code, and the country that a reader is in."""

from functools import lru_cache

from babel import Locale, UnknownLocaleError
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, to_locale

COOKIE = "country"


def country_name(code: str, otherwise: str = "") -> str:
    """The country's name in the reader's language, else as it was told, else the code."""
    return names_in(get_language() or "en").get(code) or otherwise or code


@lru_cache(50)
def names_in(language: str) -> dict[str, str]:
    """Names of all countries in a language, by code."""
    locale = locale_of(language)
    return {} if locale is None else dict(locale.territories)


@lru_cache(50)
def locale_of(language: str) -> Locale | None:
    """What Babel knows of a language of Django's: None where it does not know it."""
    try:
        return Locale.parse(to_locale(language))
    except (UnknownLocaleError, ValueError):
        return None


def country_of(request: HttpRequest) -> str:
    """The country that the reader chose, else the site's own."""
    chosen = request.COOKIES.get(COOKIE, "")
    countries: list[str] = settings.MATINEE_COUNTRIES
    return chosen if chosen in countries else countries[0]


def country_choices(request: HttpRequest) -> list[tuple[str, str, bool]]:
    """(code, name, whether it is the reader's) of the site's countries; none to choose of one."""
    if len(settings.MATINEE_COUNTRIES) < 2:
        return []
    mine = country_of(request)
    return [(code, country_name(code), code == mine) for code in settings.MATINEE_COUNTRIES]

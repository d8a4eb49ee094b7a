"""Names of languages by their ISO 639-1 code."""

from django.core.cache import cache
from django.db.models import Count
from django.utils.translation import get_language, get_language_info, gettext
from django.utils.translation import gettext_noop as _

from catalog.models import Language, Movie

from .country_names import locale_of

CHOICES_SECONDS = 600

# Those that films are made in and Django has no name for in the reader's language, by TMDB's code.
OTHERS = {
    "ab": _("Abkhazian"),
    "am": _("Amharic"),
    "ay": _("Aymara"),
    "bm": _("Bambara"),
    "bo": _("Tibetan"),
    "cn": _("Cantonese"),
    "iu": _("Inuktitut"),
    "jv": _("Javanese"),
    "km": _("Khmer"),
    "ku": _("Kurdish"),
    "la": _("Latin"),
    "lo": _("Lao"),
    "mt": _("Maltese"),
    "nb": _("Norwegian (Bokmål)"),
    "no": _("Norwegian"),
    "ps": _("Pashto"),
    "qu": _("Quechua"),
    "rw": _("Kinyarwanda"),
    "sh": _("Serbo-Croatian"),
    "si": _("Sinhala"),
    "sm": _("Samoan"),
    "tl": _("Tagalog"),
    "wo": _("Wolof"),
    "xx": _("No language"),
    "zh": _("Mandarin"),
    "zu": _("Zulu"),
}


def language_name(code: str, known: dict[str, str] | None = None) -> str:
    """The language's name in the reader's language, else its own name, else the code."""
    if not code:
        return ""
    if code in OTHERS:
        return gettext(OTHERS[code])
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return _name_by_babel(code) or (known or {}).get(code) or code


def _name_by_babel(code: str) -> str:
    """Of the many languages that Django has no translation of itself in."""
    locale = locale_of(get_language() or "en")
    return str(locale.languages.get(code, "")) if locale else ""


def spoken_choices() -> list[tuple[str, str]]:
    """(code, name) of every original language of suitable films, the most frequent first."""
    key = f"catalog.rendering.language_names.{get_language()}"
    choices: list[tuple[str, str]] | None = cache.get(key)
    if choices is None:
        known = dict(Language.objects.values_list("code", "name"))
        codes = (
            Movie.objects.suitable()
            .exclude(original_language="")
            .order_by()
            .values_list("original_language")
            .annotate(films=Count("pk"))
            .order_by("-films", "original_language")
        )
        choices = [(code, language_name(code, known)) for code, _ in codes]
        cache.set(key, choices, CHOICES_SECONDS)
    return choices

"""Names of languages by their ISO 639-1 code."""

from django.core.cache import cache
from django.db.models import Count
from django.utils.translation import get_language, get_language_info

from .models import Language, Movie

CHOICES_SECONDS = 600


def language_name(code: str, known: dict[str, str] | None = None) -> str:
    """The language's name in the reader's language, else its own name, else the code."""
    if not code:
        return ""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return (known or {}).get(code) or code


def spoken_choices() -> list[tuple[str, str]]:
    """(code, name) of every original language of the catalog, the most frequent first."""
    key = f"catalog.languages.{get_language()}"
    choices: list[tuple[str, str]] | None = cache.get(key)
    if choices is None:
        known = dict(Language.objects.values_list("code", "name"))
        codes = (
            Movie.objects.exclude(original_language="")
            .order_by()
            .values_list("original_language")
            .annotate(films=Count("pk"))
            .order_by("-films", "original_language")
        )
        choices = [(code, language_name(code, known)) for code, _ in codes]
        cache.set(key, choices, CHOICES_SECONDS)
    return choices

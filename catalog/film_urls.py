"""URLs of films, for pages that name hundreds: reversing each took a tenth of the page."""

from functools import cache, lru_cache

from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.text import slugify

# They stand for a key and a slug where an address is taken apart.
_KEY, _SLUG = 987654321, "slug-of-a-film"


def film_address(pk: int, title: str) -> str:
    """The page of a film."""
    return film_pattern().format(pk, slug(title))


def film_pattern() -> str:
    """The pages of films: ``/movies/{}-{}/``, for a key and a slug."""
    return _pattern("catalog:movie", (_KEY, _SLUG), get_script_prefix(), get_urlconf())


def actions_pattern() -> str:
    """The dialogs in which members rate and keep films: ``/movies/{}/actions/``, for a key."""
    return _pattern("catalog:actions", (_KEY,), get_script_prefix(), get_urlconf())


def see_pattern() -> str:
    """Where members mark films as seen: ``/movies/{}/seen/``, for a key."""
    return _pattern("catalog:see", (_KEY,), get_script_prefix(), get_urlconf())


@lru_cache(10_000)
def slug(title: str) -> str:
    return slugify(title) or "film"


@cache
def _pattern(name: str, values: tuple[object, ...], _prefix: str, _urlconf: str | None) -> str:
    """The address with ``{}`` for its values; all that it depends on is in the arguments."""
    address = reverse(name, args=values)
    for value in values:
        address = address.replace(str(value), "{}")
    return address

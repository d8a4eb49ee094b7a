"""URLs of films, people and pictures, for pages that name hundreds.

Reversing each took a tenth of the page.
"""

from functools import cache, lru_cache
from urllib.parse import quote

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.text import slugify

# They stand for a key and a slug where an address is taken apart.
_KEY, _SLUG = 987654321, "slug-of-a-film"
_SIZE, _PATH = "size-of-a-picture", "path-of-a-picture"


def film_address(pk: int, title: str) -> str:
    """The page of a film."""
    return film_pattern().format(pk, slug(title))


def film_pattern() -> str:
    """The pages of films: ``/movies/{}-{}/``, for a key and a slug."""
    return _pattern("catalog:movie", (_KEY, _SLUG), get_script_prefix(), get_urlconf())


def person_address(pk: int, name: str) -> str:
    """The page of a person."""
    pattern = _pattern("catalog:person", (_KEY, _SLUG), get_script_prefix(), get_urlconf())
    return pattern.format(pk, person_slug(name))


def image_address(path: str, size: str) -> str | None:
    """Our own address of a picture: ``path`` as TMDB has it, with its slash in front.

    None without a path, and where the operator has named no server to get pictures from.
    """
    if not path or not settings.POSTER_BASE_URL:
        return None
    pattern = _pattern("catalog:image", (_SIZE, _PATH), get_script_prefix(), get_urlconf())
    return pattern.format(size, quote(path.lstrip("/")))


def actions_pattern() -> str:
    """The dialogs in which members rate and keep films: ``/movies/{}/actions/``, for a key."""
    return _pattern("catalog:actions", (_KEY,), get_script_prefix(), get_urlconf())


def see_pattern() -> str:
    """Where members mark films as seen: ``/movies/{}/seen/``, for a key."""
    return _pattern("catalog:see", (_KEY,), get_script_prefix(), get_urlconf())


@lru_cache(10_000)
def slug(title: str) -> str:
    return slugify(title) or "film"


@lru_cache(10_000)
def person_slug(name: str) -> str:
    return slugify(name) or "person"


@cache
def _pattern(name: str, values: tuple[object, ...], _prefix: str, _urlconf: str | None) -> str:
    """The address with ``{}`` for its values; all that it depends on is in the arguments."""
    address = reverse(name, args=values)
    for value in values:
        address = address.replace(str(value), "{}")
    return address

"""Addresses of films, for pages that name hundreds: reversing each took a tenth of the page."""

from functools import cache

from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.text import slugify

_KEY = 987654321  # stands for a primary key where an address is taken apart


def film_address(pk: int, title: str) -> str:
    """The page of a film."""
    before, after = _around_key("catalog:movie", get_script_prefix(), get_urlconf(), "film")
    return f"{before}{pk}{after.replace('film', slugify(title) or 'film', 1)}"


def actions_address(pk: int) -> str:
    """The dialog in which a member rates or keeps a film."""
    before, after = _around_key("catalog:actions", get_script_prefix(), get_urlconf())
    return f"{before}{pk}{after}"


def see_address(pk: int) -> str:
    """Where a member marks a film as seen."""
    before, after = _around_key("catalog:see", get_script_prefix(), get_urlconf())
    return f"{before}{pk}{after}"


@cache
def _around_key(name: str, _prefix: str, _urlconf: str | None, *slug: str) -> tuple[str, str]:
    """What stands before and after the key; all that an address depends on is in the arguments."""
    before, _, after = reverse(name, args=[_KEY, *slug]).partition(str(_KEY))
    return before, after

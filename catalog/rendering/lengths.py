"""Whether films can be chosen by their length."""

from django.core.cache import cache

from catalog.models import Movie

KEY, SECONDS = "catalog.rendering.lengths", 600


def lengths_known() -> bool:
    """Of any suitable film: some datasets have none."""
    known: bool | None = cache.get(KEY)
    if known is None:
        known = Movie.objects.suitable().filter(runtime__gt=0).exists()
        cache.set(KEY, known, SECONDS)
    return known

"""Films that imports and media servers wait for, looked up at TMDB: each once in a while."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.core.cache import cache

from catalog.services.look_up import look_up
from catalog.services.waiting_rows import WantedFilm, films_waited_for, tell_arrived

from .arrivals import plays_waited_for

AT_ONCE = 40  # of which each takes one or two questions
CANDIDATES = 2000
AGAIN_AFTER = timedelta(days=7)  # a film may come to TMDB after it was seen at a festival


def add_waited_for(limit: int = AT_ONCE) -> int:
    """Look up the films that are waited for most, and tell that those found have arrived.

    Returns how many were found. Raises TmdbError when TMDB refuses or does not answer; what was
    not looked up then comes next time.
    """
    found = 0
    for wanted, movie in look_up(_not_asked_lately(limit)):
        cache.set(_key(wanted), True, AGAIN_AFTER.total_seconds())
        if movie is not None:
            found += 1
            tell_arrived([movie.pk])
    return found


def _not_asked_lately(limit: int) -> list[WantedFilm]:
    wanted = list(dict.fromkeys(films_waited_for(CANDIDATES) + plays_waited_for(CANDIDATES)))
    asked = cache.get_many([_key(one) for one in wanted])
    return [one for one in wanted if _key(one) not in asked][:limit]


def _key(wanted: WantedFilm) -> str:
    """As short as a cache's key has to be, whatever the title."""
    known = (wanted.imdb_id, wanted.tmdb_id)
    if any(known):
        return f"catalog.looked-up.{known[0]}.{known[1]}"
    return f"catalog.looked-up.title.{_digest(f'{wanted.title} {wanted.year}')}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

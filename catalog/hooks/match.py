"""Finding the films that plays are about: by id, then by title and year, never against an id.

An id that contradicts what is known of a film forbids to take it by its title, and a title that
fits two films is not decided here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from catalog.models import Link, WatchEvent

TITLES = r"""
SELECT DISTINCT m.id, m.year, t.title, l.imdb_id, l.tmdb_id
FROM catalog_movie m LEFT JOIN catalog_link l ON l.movie_id = m.id,
     unnest(string_to_array(btrim(m.search_title, E'\n'), E'\n')) AS t (title)
WHERE t.title = ANY(%s)
"""


@dataclass(frozen=True)
class _Found:
    movie_id: int
    imdb_id: str | None
    tmdb_id: int | None
    year: int | None = None

    def contradicts(self, event: WatchEvent) -> bool:
        """Whether an id of the film is another one than the server says."""
        return any(
            mine is not None and theirs is not None and mine != theirs
            for mine, theirs in ((self.imdb_id, event.imdb_id), (self.tmdb_id, event.tmdb_id))
        )


def find_films(events: Sequence[WatchEvent]) -> dict[int, int]:
    """Primary keys of films by those of the events, for the events where it is sure."""
    by_imdb, by_tmdb = _linked(events)
    found: dict[int, int] = {}
    by_title: list[WatchEvent] = []
    for event in events:
        linked = by_imdb.get(event.imdb_id or "", []) + by_tmdb.get(event.tmdb_id or 0, [])
        fitting = [one for one in linked if not one.contradicts(event)]
        if fitting:
            # Of several films with one id the first is the most rated.
            found[event.pk] = fitting[0].movie_id
        elif not linked and event.folded:
            by_title.append(event)
    titled = _titled(by_title)
    for event in by_title:
        if (movie_id := _by_title(event, titled[event.folded])) is not None:
            found[event.pk] = movie_id
    return found


def _linked(
    events: Sequence[WatchEvent],
) -> tuple[dict[str, list[_Found]], dict[int, list[_Found]]]:
    imdb_ids = {event.imdb_id for event in events if event.imdb_id}
    tmdb_ids = {event.tmdb_id for event in events if event.tmdb_id}
    by_imdb: dict[str, list[_Found]] = defaultdict(list)
    by_tmdb: dict[int, list[_Found]] = defaultdict(list)
    links = Link.objects.filter(Q(imdb_id__in=imdb_ids) | Q(tmdb_id__in=tmdb_ids))
    links = links.order_by("-movie__rating_count", "movie_id")
    for movie_id, imdb_id, tmdb_id in links.values_list("movie_id", "imdb_id", "tmdb_id"):
        one = _Found(movie_id, imdb_id, tmdb_id)
        if imdb_id in imdb_ids:
            by_imdb[imdb_id].append(one)
        if tmdb_id in tmdb_ids:
            by_tmdb[tmdb_id].append(one)
    return by_imdb, by_tmdb


def _titled(events: Sequence[WatchEvent]) -> dict[str, list[_Found]]:
    """All films that have one of the titles, or an original title like it, by folded title."""
    folded = sorted({event.folded for event in events})
    titled: dict[str, list[_Found]] = defaultdict(list)
    if folded:
        with connection.cursor() as cursor:
            cursor.execute(TITLES, [folded])
            for movie_id, year, title, imdb_id, tmdb_id in cursor.fetchall():
                titled[title].append(_Found(movie_id, imdb_id, tmdb_id, year))
    return titled


def _by_title(event: WatchEvent, films: list[_Found]) -> int | None:
    """The one film of the year; without any id also the one of a year before or after.

    Without a year the title has to be of one film alone, and no id may be left unanswered.
    """
    has_id = event.imdb_id is not None or event.tmdb_id is not None
    if event.year is None:
        return films[0].movie_id if len(films) == 1 and not has_id else None
    same = [one for one in films if one.year == event.year]
    if same:
        return _only(event, same)
    near = [one for one in films if one.year in (event.year - 1, event.year + 1)]
    return None if has_id else _only(event, near)


def _only(event: WatchEvent, films: list[_Found]) -> int | None:
    fitting = [one for one in films if not one.contradicts(event)]
    return fitting[0].movie_id if len(fitting) == 1 else None

"""Pairs of films that are likely one: the same id elsewhere, or the same title and year."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.core.cache import cache
from django.db import connection, models

from catalog.models import (
    DiaryEntry,
    DistinctFilms,
    HiddenMovie,
    Link,
    Movie,
    MovieListEntry,
    SeenMovie,
    WatchlistEntry,
)

MOST = 500
COUNT_KEY = "catalog.doubles.count"
COUNT_SECONDS = 300

_MOVIES, _LINKS = Movie._meta.db_table, Link._meta.db_table
# Groups first: joining a table of films with itself by title takes three times as long.
_PAIRS = f"""
    WITH alike AS (
        SELECT array_agg(movie_id) AS films, 'imdb' AS sign FROM {_LINKS}
        WHERE imdb_id IS NOT NULL GROUP BY imdb_id HAVING count(*) > 1
        UNION ALL
        SELECT array_agg(movie_id), 'tmdb' FROM {_LINKS}
        WHERE tmdb_id IS NOT NULL GROUP BY tmdb_id HAVING count(*) > 1
        UNION ALL
        SELECT array_agg(id), 'title' FROM {_MOVIES} WHERE year IS NOT NULL
        GROUP BY year, split_part(search_title, E'\\n', 2) HAVING count(*) > 1
    )
    SELECT first, second, array_agg(DISTINCT sign) AS signs
    FROM alike, unnest(films) AS first, unnest(films) AS second
    WHERE first < second
      AND NOT EXISTS (SELECT FROM {DistinctFilms._meta.db_table} d
                      WHERE d.first_id = first AND d.second_id = second)
    GROUP BY first, second
    ORDER BY bool_or(sign <> 'title') DESC, first, second
    LIMIT {MOST}
"""  # noqa: S608


class Sign(StrEnum):
    """What speaks for a pair."""

    IMDB = "imdb"
    TMDB = "tmdb"
    TITLE = "title"


@dataclass(frozen=True)
class Pair:
    """Keys of two films, the lower first."""

    first: int
    second: int
    signs: frozenset[Sign]


def likely_doubles() -> list[Pair]:
    """Pairs that no editor has called different, those with a common id first."""
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS)
        rows = cursor.fetchall()
    return [Pair(first, second, frozenset(map(Sign, signs))) for first, second, signs in rows]


def count_of_doubles() -> int:
    """How many pairs there are, as of a few minutes ago at most."""
    known: int | None = cache.get(COUNT_KEY)
    if known is None:
        known = len(likely_doubles())
        cache.set(COUNT_KEY, known, COUNT_SECONDS)
    return known


def forget_count(**_signal: object) -> None:
    """After a merge the number is asked for again."""
    cache.delete(COUNT_KEY)


def what_hangs_on(movie_ids: list[int]) -> dict[int, dict[str, int]]:
    """How many rows of members each film has, by kind; ratings are counted by the films."""
    found: dict[int, dict[str, int]] = {key: {} for key in movie_ids}
    kinds: dict[str, type[models.Model]] = {
        "diary": DiaryEntry,
        "lists": MovieListEntry,
        "watchlist": WatchlistEntry,
        "seen": SeenMovie,
        "hidden": HiddenMovie,
    }
    for name, model in kinds.items():
        rows = model._default_manager.filter(movie_id__in=movie_ids).order_by()
        for key, count in rows.values_list("movie_id").annotate(rows=models.Count("pk")):
            found[key][name] = count
    return found

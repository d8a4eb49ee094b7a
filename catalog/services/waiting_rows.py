"""Rows of imports that wait for a film: what is waited for, and what happens when it comes.

A film arrives by a dataset, from TMDB or by an editor's hand: whoever added it calls
``tell_arrived``, and a worker applies what waited for it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from catalog.broker import send
from catalog.models import MemberImport
from catalog.models.member_import import ImportState

from .imported_rows import WRITE_LOCK, hold_account, write

ARRIVED_TASK = "catalog.tasks.apply_waiting_rows"
# As many keys in one message; a dataset's are found by what is there.
MOST_TOLD = 1000

COLLECT = r"""
CREATE TEMPORARY TABLE arrived_title ON COMMIT DROP AS
SELECT DISTINCT m.id AS movie_id, m.year, t.title
FROM catalog_movie m,
     unnest(string_to_array(btrim(m.search_title, E'\n'), E'\n')) AS t (title)
WHERE t.title IN (SELECT folded FROM catalog_importrow WHERE outcome = 'waiting')
"""
BY_ID = """
UPDATE catalog_importrow r SET movie_id = l.movie_id, matched_by = %(by)s, arrived_at = %(now)s
FROM catalog_link l
WHERE r.outcome = 'waiting' AND r.movie_id IS NULL AND NOT r.left_out
  AND l.{column} = r.{column} AND (%(all)s OR l.movie_id = ANY(%(movies)s))
  AND NOT EXISTS (SELECT FROM catalog_link o WHERE o.movie_id = l.movie_id AND (
      o.imdb_id <> r.imdb_id OR (o.tmdb_id <> r.tmdb_id AND o.imdb_id IS NULL)))
"""
# A title and its year count where one film has them, and no id says otherwise.
BY_TITLE = """
UPDATE catalog_importrow r SET movie_id = found.movie_id, matched_by = 'title',
    arrived_at = %(now)s
FROM (
    SELECT w.id, min(t.movie_id) AS movie_id
    FROM catalog_importrow w JOIN arrived_title t ON t.title = w.folded AND t.year = w.year
    WHERE w.outcome = 'waiting' AND w.movie_id IS NULL AND NOT w.left_out
    GROUP BY w.id HAVING count(DISTINCT t.movie_id) = 1) found
WHERE r.id = found.id AND (%(all)s OR found.movie_id = ANY(%(movies)s))
  AND NOT EXISTS (SELECT FROM catalog_link l WHERE l.movie_id = found.movie_id AND (
      l.imdb_id <> r.imdb_id OR l.tmdb_id <> r.tmdb_id OR l.movielens_id <> r.movielens_id))
  AND NOT EXISTS (SELECT FROM catalog_importrow o
      WHERE o.member_import_id = r.member_import_id AND o.folded = r.folded AND o.year = r.year
        AND (o.imdb_id <> r.imdb_id OR o.tmdb_id <> r.tmdb_id
            OR o.letterboxd_id <> r.letterboxd_id))
"""
WANTED = """
SELECT imdb_id, tmdb_id, max(title), max(year), count(DISTINCT member_import_id) AS members
FROM catalog_importrow WHERE outcome = 'waiting' AND (folded <> '' OR imdb_id IS NOT NULL)
GROUP BY imdb_id, tmdb_id, CASE WHEN coalesce(imdb_id, tmdb_id::text) IS NULL THEN folded END,
    CASE WHEN coalesce(imdb_id, tmdb_id::text) IS NULL THEN year END
ORDER BY members DESC, min(id) LIMIT %s
"""


@dataclass(frozen=True)
class WantedFilm:
    """A film that members' imports name and the catalog does not have. ids: the digits alone."""

    imdb_id: int | None = None
    tmdb_id: int | None = None
    title: str = ""
    year: int | None = None


def films_waited_for(limit: int) -> list[WantedFilm]:
    """The films that most imports wait for, each once."""
    with connection.cursor() as cursor:
        cursor.execute(WANTED, [limit])
        return [
            WantedFilm(int(imdb_id[2:]) if imdb_id else None, tmdb_id, title, year)
            for imdb_id, tmdb_id, title, year, _members in cursor.fetchall()
        ]


def tell_arrived(movie_ids: Iterable[int] | None) -> None:
    """Have a worker apply what waited for films that were added; None: for any film there is.

    Where no worker can be told, it is done here.
    """
    keys = None if movie_ids is None else sorted(set(movie_ids))
    if keys is not None and len(keys) > MOST_TOLD:
        keys = None
    transaction.on_commit(lambda: send(ARRIVED_TASK, keys) or apply_waiting(keys))


def apply_waiting(movie_ids: Sequence[int] | None) -> int:
    """Apply the rows that waited for films; None: for any film there is.

    Returns how many rows. Films that are known to be others are never taken. Undoing an import
    takes back what came late as well.
    """
    with transaction.atomic():
        now = timezone.now()
        imports = _find(movie_ids, now)
    return sum(_apply(key, now) for key in imports)


def _find(movie_ids: Sequence[int] | None, now: datetime) -> list[int]:
    """Give the rows their films. Returns the imports that they belong to."""
    values: dict[str, Any] = {
        "now": now,
        "all": movie_ids is None,
        "movies": list(movie_ids or ()),
    }
    with connection.cursor() as cursor:
        # Nobody applies, undoes or adds rows meanwhile.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITE_LOCK])
        cursor.execute("SELECT EXISTS (SELECT FROM catalog_importrow WHERE outcome = 'waiting')")
        if not cursor.fetchone()[0]:
            return []
        for by, column in (("imdb", "imdb_id"), ("tmdb", "tmdb_id"), ("movielens", "movielens_id")):
            cursor.execute(BY_ID.format(column=column), {**values, "by": by})
        cursor.execute(COLLECT)
        cursor.execute("ANALYZE arrived_title")
        cursor.execute(BY_TITLE, values)
        cursor.execute("DROP TABLE arrived_title")
        cursor.execute(
            "SELECT DISTINCT member_import_id FROM catalog_importrow WHERE movie_id IS NOT NULL"
            " AND outcome = 'waiting' ORDER BY member_import_id"
        )
        return [key for (key,) in cursor.fetchall()]


def _apply(import_id: int, now: datetime) -> int:
    """Write the rows of one import whose films have come; another time, if it is being undone."""
    with transaction.atomic():
        user_id = (
            MemberImport.objects.filter(pk=import_id).values_list("user_id", flat=True).first()
        )
        if user_id is None:
            return 0
        hold_account(user_id)
        job = (
            MemberImport.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(pk=import_id, state=ImportState.APPLIED)
            .first()
        )
        if job is None:
            return 0
        rows = job.rows.filter(outcome="waiting", movie__isnull=False)
        arrived = rows.update(arrived_at=now)
        write(job, now, late=True)
        job.save(update_fields=["result"])
    return arrived

"""Undoing an import: what it wrote is removed, what it replaced restored.

What the member changed by hand since then stays as it is. Imports are undone in the opposite
order, because a later one remembers what an earlier one wrote.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from catalog.models import MemberImport, Rating
from catalog.services import backed_up_settings, imported_lists
from catalog.services.imported_rows import WRITE_LOCK
from catalog.services.ratings import restore

# A rating as the import wrote it: nobody has changed it since, or somebody changed it back.
UNTOUCHED = """
    mine.user_id = %(user)s AND mine.movie_id = r.movie_id AND mine.half_stars = r.half_stars
    AND mine.rated_at = coalesce(r.happened_at, %(uploaded)s)
"""
TOUCHED = f"""
SELECT count(*) FROM catalog_importrow r LEFT JOIN catalog_rating mine ON {UNTOUCHED}
WHERE r.member_import_id = %(job)s AND r.kind = 'rating' AND r.written AND mine.id IS NULL
"""  # noqa: S608
HIDE_AGAIN = f"""
INSERT INTO catalog_hiddenmovie (user_id, movie_id, hidden_at)
SELECT %(user)s, r.movie_id, r.before_hidden_at
FROM catalog_importrow r JOIN catalog_rating mine ON {UNTOUCHED}
WHERE r.member_import_id = %(job)s AND r.kind = 'rating' AND r.written
  AND r.before_hidden_at IS NOT NULL
ON CONFLICT (user_id, movie_id) DO NOTHING
"""  # noqa: S608
# Two rows may mean one rating, where two films were merged since.
WROTE = f"""
SELECT DISTINCT ON (mine.id) mine.id, mine.movie_id, r.before_half_stars, r.before_rated_at
FROM catalog_importrow r JOIN catalog_rating mine ON {UNTOUCHED}
WHERE r.member_import_id = %(job)s AND r.kind = 'rating' AND r.written
ORDER BY mine.id, r.position
"""  # noqa: S608
REMOVE_FROM_WATCHLIST = """
DELETE FROM catalog_watchlistentry USING catalog_importrow r
WHERE r.member_import_id = %(job)s AND r.kind = 'watchlist' AND r.written
  AND catalog_watchlistentry.user_id = %(user)s
  AND catalog_watchlistentry.movie_id = r.movie_id
  AND catalog_watchlistentry.added_at = coalesce(r.happened_at, %(uploaded)s)
"""
# An entry with another note or other stars has become the member's own.
REMOVE_FROM_DIARY = """
DELETE FROM catalog_diaryentry USING catalog_importrow r
WHERE r.member_import_id = %(job)s AND r.kind = 'diary' AND r.written
  AND catalog_diaryentry.user_id = %(user)s AND catalog_diaryentry.movie_id = r.movie_id
  AND catalog_diaryentry.watched_on = r.watched_on
  AND catalog_diaryentry.created_at = coalesce(r.happened_at, r.arrived_at, %(applied)s)
  AND catalog_diaryentry.note = r.note
  AND catalog_diaryentry.half_stars IS NOT DISTINCT FROM r.half_stars
"""
# A mark that was made again, or got another day, has become the member's own.
UNMARK_SEEN = """
DELETE FROM catalog_seenmovie USING catalog_importrow r
WHERE r.member_import_id = %(job)s AND r.kind = 'seen' AND r.written
  AND catalog_seenmovie.user_id = %(user)s AND catalog_seenmovie.movie_id = r.movie_id
  AND catalog_seenmovie.watched_on IS NOT DISTINCT FROM r.watched_on
  AND catalog_seenmovie.marked_at = coalesce(r.happened_at, %(uploaded)s)
"""
SHOW_AGAIN = """
DELETE FROM catalog_hiddenmovie USING catalog_importrow r
WHERE r.member_import_id = %(job)s AND r.kind = 'hidden' AND r.written
  AND catalog_hiddenmovie.user_id = %(user)s AND catalog_hiddenmovie.movie_id = r.movie_id
  AND catalog_hiddenmovie.hidden_at = coalesce(r.happened_at, %(uploaded)s)
"""
LATER = """
SELECT later.id FROM catalog_memberimport later
WHERE later.user_id = %(user)s AND later.state IN ('applied', 'applying')
  AND later.id <> %(job)s AND later.applied_at > %(applied)s
  AND EXISTS (
      SELECT FROM catalog_importrow theirs
      JOIN catalog_importrow ours ON ours.movie_id = theirs.movie_id AND ours.kind = theirs.kind
      WHERE theirs.member_import_id = later.id AND theirs.written
        AND ours.member_import_id = %(job)s AND ours.written)
ORDER BY later.applied_at DESC LIMIT 1
"""


def later_import(job: MemberImport) -> MemberImport | None:
    """An import that has to be undone before this one: a later one of some of its films."""
    with connection.cursor() as cursor:
        cursor.execute(LATER, _values(job))
        found = cursor.fetchone()
    return MemberImport.objects.get(pk=found[0]) if found else None


def undo_import(job: MemberImport) -> None:
    """Put everything back. Must be called inside a transaction that holds the import's row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITE_LOCK])
        cursor.execute(
            "SELECT FROM catalog_rating WHERE user_id = %s ORDER BY id FOR UPDATE", [job.user_id]
        )
        values = _values(job)
        cursor.execute(TOUCHED, values)
        result = {"touched": cursor.fetchone()[0]}
        cursor.execute(HIDE_AGAIN, values)
        cursor.execute(WROTE, values)
        result |= _restore_ratings(job.user_id, cursor.fetchall(), values["now"])
        for name, statement in (
            ("watchlist_removed", REMOVE_FROM_WATCHLIST),
            ("diary_removed", REMOVE_FROM_DIARY),
            ("seen_removed", UNMARK_SEEN),
            ("hidden_removed", SHOW_AGAIN),
        ):
            cursor.execute(statement, values)
            result[name] = cursor.rowcount
        result["list_films_removed"], result["lists_removed"] = imported_lists.empty(job)
    if before := job.result.pop("preferences_before", None):
        backed_up_settings.take_back(job.user_id, before)
    job.rows.all().delete()
    job.lists.all().delete()
    job.result |= result


def _restore_ratings(
    user_id: int, wrote: Sequence[tuple[int, int, int | None, datetime]], now: datetime
) -> dict[str, int]:
    """Go back to what was before; a rating that comes back counts as written now."""
    before = [
        Rating(
            pk=key,
            user_id=user_id,
            movie_id=movie_id,
            half_stars=half_stars,
            rated_at=rated_at,
            updated_at=now,
        )
        for key, movie_id, half_stars, rated_at in wrote
        if half_stars is not None
    ]
    if wrote:
        restore(user_id, [movie_id for _key, movie_id, *_before in wrote], before)
    return {"ratings_removed": len(wrote) - len(before), "ratings_restored": len(before)}


def _values(job: MemberImport) -> dict[str, Any]:
    return {
        "job": job.pk,
        "user": job.user_id,
        "applied": job.applied_at,
        "uploaded": job.created_at,
        "now": timezone.now(),
    }

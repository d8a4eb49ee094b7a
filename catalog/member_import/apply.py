"""Writing an import: one transaction, and what it replaces is kept for undoing it."""

from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from catalog.models import MemberImport, Rating
from catalog.signals import ratings_changed

from .outcomes import settle

# One import at a time writes, so that no two can wait for each other's films.
WRITE_LOCK = 0x4D41_494D

# Taken: rows whose film has no stars yet, and conflicts that are decided for the file.
TAKEN = """
    r.member_import_id = %(job)s AND r.kind = 'rating' AND (r.outcome = 'new' OR (
        r.outcome = 'conflict' AND CASE coalesce(nullif(r.take, ''), %(rule)s)
            WHEN 'theirs' THEN true
            WHEN 'mine' THEN false
            ELSE r.happened_at > mine.rated_at END))
"""
REMEMBER = f"""
UPDATE catalog_importrow SET written = true, before_half_stars = taken.half_stars,
    before_rated_at = taken.rated_at, before_hidden_at = taken.hidden_at
FROM (
    SELECT r.id, mine.half_stars, mine.rated_at, hidden.hidden_at
    FROM catalog_importrow r
    LEFT JOIN catalog_rating mine ON mine.user_id = %(user)s AND mine.movie_id = r.movie_id
    LEFT JOIN catalog_hiddenmovie hidden
        ON hidden.user_id = %(user)s AND hidden.movie_id = r.movie_id
    WHERE {TAKEN}) taken
WHERE catalog_importrow.id = taken.id
"""  # noqa: S608
# A rating that somebody gave since the rows were settled stays, and is not the import's.
ADD_RATINGS = """
WITH added AS (
    INSERT INTO catalog_rating (user_id, movie_id, half_stars, rated_at, updated_at)
    SELECT %(user)s, movie_id, half_stars, coalesce(happened_at, %(uploaded)s), %(now)s
    FROM catalog_importrow
    WHERE member_import_id = %(job)s AND kind = 'rating' AND written
      AND before_half_stars IS NULL
    ORDER BY coalesce(happened_at, %(uploaded)s), position
    ON CONFLICT (user_id, movie_id) DO NOTHING
    RETURNING movie_id)
UPDATE catalog_importrow SET written = false
WHERE member_import_id = %(job)s AND kind = 'rating' AND written AND before_half_stars IS NULL
  AND movie_id NOT IN (SELECT movie_id FROM added)
"""
CHANGE_RATINGS = """
UPDATE catalog_rating SET half_stars = r.half_stars, updated_at = %(now)s,
    rated_at = coalesce(r.happened_at, %(uploaded)s)
FROM catalog_importrow r
WHERE r.member_import_id = %(job)s AND r.kind = 'rating' AND r.written
  AND r.before_half_stars IS NOT NULL
  AND catalog_rating.user_id = %(user)s AND catalog_rating.movie_id = r.movie_id
"""
SHOW_AGAIN = """
DELETE FROM catalog_hiddenmovie USING catalog_importrow r
WHERE r.member_import_id = %(job)s AND r.kind = 'rating' AND r.written
  AND catalog_hiddenmovie.user_id = %(user)s AND catalog_hiddenmovie.movie_id = r.movie_id
"""
ADD_TO_WATCHLIST = """
WITH added AS (
    INSERT INTO catalog_watchlistentry (user_id, movie_id, added_at)
    SELECT %(user)s, movie_id, coalesce(happened_at, %(uploaded)s) FROM catalog_importrow
    WHERE member_import_id = %(job)s AND kind = 'watchlist' AND outcome = 'new'
    ORDER BY coalesce(happened_at, %(uploaded)s), position
    ON CONFLICT (user_id, movie_id) DO NOTHING
    RETURNING movie_id)
UPDATE catalog_importrow SET written = true FROM added
WHERE member_import_id = %(job)s AND kind = 'watchlist' AND outcome = 'new'
  AND catalog_importrow.movie_id = added.movie_id
"""
ADD_TO_DIARY = """
WITH added AS (
    INSERT INTO catalog_diaryentry
        (user_id, movie_id, watched_on, half_stars, rewatch, note, created_at)
    SELECT %(user)s, movie_id, watched_on, half_stars, rewatch, '', %(now)s
    FROM catalog_importrow
    WHERE member_import_id = %(job)s AND kind = 'diary' AND outcome = 'new'
    ORDER BY watched_on, position
    ON CONFLICT (user_id, movie_id, watched_on) DO NOTHING
    RETURNING movie_id, watched_on)
UPDATE catalog_importrow SET written = true FROM added
WHERE member_import_id = %(job)s AND kind = 'diary' AND outcome = 'new'
  AND catalog_importrow.movie_id = added.movie_id
  AND catalog_importrow.watched_on = added.watched_on
"""
COUNT = """
SELECT
    count(*) FILTER (WHERE kind = 'rating' AND written AND before_half_stars IS NULL),
    count(*) FILTER (WHERE kind = 'rating' AND written AND before_half_stars IS NOT NULL),
    count(*) FILTER (WHERE outcome = 'conflict' AND NOT written),
    count(*) FILTER (WHERE kind = 'watchlist' AND written),
    count(*) FILTER (WHERE kind = 'diary' AND written)
FROM catalog_importrow WHERE member_import_id = %(job)s
"""
COUNTED = ("ratings_added", "ratings_changed", "ratings_kept", "watchlist_added", "diary_added")


def apply(job: MemberImport) -> None:
    """Write what the preview promised; what has changed since then is looked at anew.

    Must be called inside a transaction that holds the import's row. The members' own ratings are
    locked first and films afterwards, which is the order of a single rating too.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITE_LOCK])
        cursor.execute(
            "SELECT FROM catalog_rating WHERE user_id = %s ORDER BY id FOR UPDATE", [job.user_id]
        )
        settle(job)
        job.applied_at = timezone.now()
        values: dict[str, Any] = {
            "job": job.pk,
            "user": job.user_id,
            "rule": job.on_conflict,
            "uploaded": job.created_at,
            "now": job.applied_at,
        }
        for statement in (
            REMEMBER,
            ADD_RATINGS,
            CHANGE_RATINGS,
            SHOW_AGAIN,
            ADD_TO_WATCHLIST,
            ADD_TO_DIARY,
        ):
            cursor.execute(statement, values)
        job.result = _count(cursor, values)
    if job.result["ratings_added"] or job.result["ratings_changed"]:
        tell_of_ratings(job.user_id)


def _count(cursor: Any, values: dict[str, Any]) -> dict[str, int]:
    cursor.execute(COUNT, values)
    return dict(zip(COUNTED, cursor.fetchone(), strict=True))


def tell_of_ratings(user_id: int) -> None:
    """What a single rating tells too, once for all of them, after the commit."""
    transaction.on_commit(lambda: ratings_changed.send_robust(Rating, user_id=user_id))

"""Writing an import: one transaction, and what it replaces is kept for undoing it."""

from typing import Any

from django.db import connection
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from catalog.models import MemberImport
from catalog.services.ratings import RatedFilm, rate_many

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
MARK_SEEN = """
WITH added AS (
    INSERT INTO catalog_seenmovie (user_id, movie_id, watched_on, marked_at)
    SELECT %(user)s, movie_id, watched_on, coalesce(happened_at, %(uploaded)s)
    FROM catalog_importrow
    WHERE member_import_id = %(job)s AND kind = 'seen' AND outcome = 'new'
    ORDER BY coalesce(happened_at, %(uploaded)s), position
    ON CONFLICT (user_id, movie_id) DO NOTHING
    RETURNING movie_id)
UPDATE catalog_importrow SET written = true FROM added
WHERE member_import_id = %(job)s AND kind = 'seen' AND outcome = 'new'
  AND catalog_importrow.movie_id = added.movie_id
"""
COUNT = """
SELECT
    count(*) FILTER (WHERE kind = 'rating' AND written AND before_half_stars IS NULL),
    count(*) FILTER (WHERE kind = 'rating' AND written AND before_half_stars IS NOT NULL),
    count(*) FILTER (WHERE outcome = 'conflict' AND NOT written),
    count(*) FILTER (WHERE kind = 'watchlist' AND written),
    count(*) FILTER (WHERE kind = 'diary' AND written),
    count(*) FILTER (WHERE kind = 'seen' AND written)
FROM catalog_importrow WHERE member_import_id = %(job)s
"""
COUNTED = (
    "ratings_added",
    "ratings_changed",
    "ratings_kept",
    "watchlist_added",
    "diary_added",
    "seen_added",
)


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
        cursor.execute(REMEMBER, values)
        _rate(job)
        cursor.execute(ADD_TO_WATCHLIST, values)
        cursor.execute(ADD_TO_DIARY, values)
        cursor.execute(MARK_SEEN, values)
        job.result = _count(cursor, values)


def _rate(job: MemberImport) -> None:
    """Write the ratings that are taken, in the order in which they were given."""
    rows = job.rows.filter(kind="rating", written=True)
    given_at = Coalesce("happened_at", Value(job.created_at))
    films = list(
        rows.annotate(given_at=given_at)
        .order_by("given_at", "position")
        .values_list("before_half_stars", "movie_id", "half_stars", "given_at")
    )
    written = rate_many(
        job.user_id,
        new=[RatedFilm(*film) for before, *film in films if before is None],
        changed=[RatedFilm(*film) for before, *film in films if before is not None],
        now=job.applied_at,
    )
    # A rating that somebody gave since the rows were settled stays, and is not the import's.
    if len(written) < len(films):
        rows.exclude(movie_id__in=written).update(written=False)


def _count(cursor: Any, values: dict[str, Any]) -> dict[str, int]:
    cursor.execute(COUNT, values)
    return dict(zip(COUNTED, cursor.fetchone(), strict=True))

"""Outcomes: what applying an import would do with each of its rows, as things are now."""

from django.db import connection

from catalog.models import MemberImport

# Of several rows for a film one counts: the one with the lower priority, then the later one. That
# a film was seen need not be said where the file has its stars or its day in the diary.
SETTLE = """
UPDATE catalog_importrow SET outcome = settled.outcome
FROM (
    SELECT r.id, CASE
        WHEN r.left_out THEN 'left-out'
        WHEN r.movie_id IS NULL THEN 'unmatched'
        WHEN r.place > 1 THEN 'repeated'
        WHEN r.kind = 'rating' THEN CASE
            WHEN mine.id IS NULL THEN 'new'
            WHEN mine.half_stars = r.half_stars THEN 'same'
            ELSE 'conflict' END
        WHEN r.kind = 'watchlist' THEN CASE WHEN kept.id IS NULL THEN 'new' ELSE 'same' END
        WHEN r.kind = 'seen' THEN CASE
            WHEN EXISTS (SELECT FROM catalog_rating m WHERE m.user_id = %(user)s
                    AND m.movie_id = r.movie_id)
                OR EXISTS (SELECT FROM catalog_diaryentry m WHERE m.user_id = %(user)s
                    AND m.movie_id = r.movie_id)
                OR EXISTS (SELECT FROM catalog_seenmovie m WHERE m.user_id = %(user)s
                    AND m.movie_id = r.movie_id)
            THEN 'same'
            WHEN r.says_more THEN 'repeated'
            ELSE 'new' END
        ELSE CASE WHEN watched.id IS NULL THEN 'new' ELSE 'same' END
    END AS outcome
    FROM (
        SELECT id, kind, movie_id, half_stars, watched_on, left_out, row_number() OVER (
            PARTITION BY kind, movie_id, CASE WHEN kind = 'diary' THEN watched_on END
            ORDER BY left_out, priority, happened_at DESC NULLS LAST, position DESC) AS place,
            bool_or(kind IN ('rating', 'diary') AND NOT left_out) OVER (PARTITION BY movie_id)
                AS says_more
        FROM catalog_importrow WHERE member_import_id = %(job)s) r
    LEFT JOIN catalog_rating mine
        ON r.kind = 'rating' AND mine.user_id = %(user)s AND mine.movie_id = r.movie_id
    LEFT JOIN catalog_watchlistentry kept
        ON r.kind = 'watchlist' AND kept.user_id = %(user)s AND kept.movie_id = r.movie_id
    LEFT JOIN catalog_diaryentry watched
        ON r.kind = 'diary' AND watched.user_id = %(user)s AND watched.movie_id = r.movie_id
        AND watched.watched_on = r.watched_on
    ) settled
WHERE catalog_importrow.id = settled.id AND catalog_importrow.outcome <> settled.outcome
"""


def settle(job: MemberImport) -> None:
    """Find out the outcome of every row anew."""
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, {"job": job.pk, "user": job.user_id})

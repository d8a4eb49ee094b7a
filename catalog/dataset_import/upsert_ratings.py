"""Ratings with the users who stand for their raters.

The one writer of ratings beside ``catalog.services.ratings``, because what it does is another
thing: it brings millions of staged rows up to date in the one statement of ``upsert``, for as many
users at once, none of whom has hidden a film; the rows never pass through Python. The undo of a
dataset takes them out again in the same way.
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password

from catalog.datasets.report import Report

from .upsert import upsert


def upsert_raters(cursor: Any, report: Report, slug: str) -> None:
    """Inactive users, one for each rater of the dataset, who cannot log in.

    A member who took such a name beforehand keeps it, and that rater's ratings are rejected.
    """
    cursor.execute("SELECT count(DISTINCT rater) FROM stage_rating")
    report.count("raters").read = cursor.fetchone()[0]
    if report.preview:
        report.count("raters").loaded = _count_new_raters(cursor, slug)
    else:
        _insert_raters(cursor, report, slug)
    _reject_names_of_members(cursor, report, slug)


def _count_new_raters(cursor: Any, slug: str) -> int:
    user = get_user_model()._meta.db_table
    cursor.execute(
        f"""
        SELECT count(*) FROM (SELECT DISTINCT rater FROM stage_rating) raters
        WHERE NOT EXISTS (SELECT FROM {user} u WHERE u.username = %s || '-' || rater)
        """,  # noqa: S608
        [slug],
    )
    return int(cursor.fetchone()[0])


def _insert_raters(cursor: Any, report: Report, slug: str) -> None:
    user = get_user_model()._meta.db_table
    cursor.execute(
        f"""
        INSERT INTO {user} (username, password, imported, is_active, is_staff, is_superuser,
                            first_name, last_name, email, date_joined)
        SELECT %s || '-' || rater, %s, true, false, false, false,
               '', '', '', now()
        FROM (SELECT DISTINCT rater FROM stage_rating) raters
        WHERE NOT EXISTS (SELECT FROM {user} u WHERE u.username = %s || '-' || rater)
        ORDER BY rater
        ON CONFLICT (username) DO NOTHING
        """,  # noqa: S608
        [slug, make_password(None), slug],
    )
    report.count("raters").loaded = cursor.rowcount


def _reject_names_of_members(cursor: Any, report: Report, slug: str) -> None:
    user = get_user_model()._meta.db_table
    cursor.execute(
        f"""
        WITH taken AS (
            DELETE FROM stage_rating r USING {user} u
            WHERE u.username = %s || '-' || r.rater AND NOT u.imported RETURNING r.rater)
        SELECT rater, count(*) FROM taken GROUP BY rater ORDER BY rater
        """,  # noqa: S608
        [slug],
    )
    for rater, ratings in cursor.fetchall():
        report.count("raters").rejected += 1
        report.count("ratings").rejected += ratings
        report.remarks[f"ratings of {slug}-{rater}, whose name a member has"] += ratings


def upsert_ratings(cursor: Any, report: Report, slug: str, item_key: str) -> None:
    """Ratings in file order, so that their ids keep it; the latest of a pair's ratings counts."""
    user = get_user_model()._meta.db_table
    _note_other_edition(cursor, report, slug, item_key)
    # In a preview new raters are no users yet: they get numbers that no user has.
    left, rater = ("LEFT", "coalesce(u.id, -1 - r.rater)") if report.preview else ("", "u.id")
    distinct = upsert(
        cursor,
        report,
        "ratings",
        table="catalog_rating",
        key="user_id, movie_id",
        columns=("half_stars", "rated_at"),
        source=f"""
            SELECT DISTINCT ON ({rater}, s.movie_id) {rater} AS user_id, s.movie_id,
                   r.half_stars, to_timestamp(r.rated_at) AS rated_at, r.row_no
            FROM stage_rating r
            JOIN ({_films(item_key)}) s ON s.item = r.item
            {left} JOIN {user} u ON u.username = %s || '-' || r.rater
            ORDER BY {rater}, s.movie_id, r.rated_at DESC, r.row_no DESC""",  # noqa: S608
        params=[slug],
        # As late as can be: a model version knows by this time what it has not seen.
        on_insert={"updated_at": "statement_timestamp()"},
        on_update={"updated_at": "statement_timestamp()"},
    )
    count = report.count("ratings")
    repeated = count.read - count.rejected - distinct
    report.remarks["ratings that a later one of the same film and rater replaces"] += repeated


def _films(item_key: str) -> str:
    """Which film each item of the dataset is."""
    return (
        f"SELECT {item_key} AS item, movie_id FROM stage_movie "  # noqa: S608
        f"UNION ALL SELECT {item_key}, movie_id FROM stage_alias"
    )


def _note_other_edition(cursor: Any, report: Report, slug: str, item_key: str) -> None:
    """Releases number their users anew, so that another one's ratings would mix with these."""
    user = get_user_model()._meta.db_table
    cursor.execute(
        f"""
        SELECT count(*) FROM (SELECT DISTINCT rater FROM stage_rating) rater
        JOIN {user} u ON u.username = %s || '-' || rater.rater
        JOIN catalog_rating old ON old.user_id = u.id
        WHERE NOT EXISTS (
            SELECT FROM stage_rating r JOIN ({_films(item_key)}) s ON s.item = r.item
            WHERE r.rater = rater.rater AND s.movie_id = old.movie_id)
        """,  # noqa: S608
        [slug],
    )
    report.remarks[
        f"ratings were loaded earlier as {slug} and are not in this file: is it another edition, "
        "in need of another --name?"
    ] += cursor.fetchone()[0]


def delete_ratings_of(cursor: Any, raters: str) -> None:
    """Delete all ratings of the users whose keys are in a table."""
    cursor.execute(f"DELETE FROM catalog_rating WHERE user_id IN (SELECT id FROM {raters})")  # noqa: S608

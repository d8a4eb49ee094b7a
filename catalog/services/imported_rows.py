"""Rows of members' imports: what each of them would do, and doing it.

Set by set, whatever the number of rows. `late` limits both to rows whose film has just arrived.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Coalesce

from catalog.models import ImportRow, MemberImport
from catalog.models.member_import import ImportSource

from . import imported_lists
from .ratings import RatedFilm, rate_many

# One import at a time writes, so that no two can wait for each other's films.
WRITE_LOCK = 0x4D41_494D

# Of several rows for a film one counts: the one with the lower priority, then the later one. That
# a film was seen need not be said where the file has its stars or its day in the diary; a backup
# of a site like this one is taken to the letter.
SETTLE = """
UPDATE catalog_importrow SET outcome = settled.outcome
FROM (
    SELECT r.id, CASE
        WHEN r.left_out THEN 'left-out'
        WHEN r.movie_id IS NULL THEN CASE WHEN r.outcome = 'waiting' THEN 'waiting'
            ELSE 'unmatched' END
        WHEN r.place_of_row > 1 THEN 'repeated'
        WHEN r.kind = 'rating' THEN CASE
            WHEN mine.id IS NULL THEN 'new'
            WHEN mine.half_stars = r.half_stars THEN 'same'
            ELSE 'conflict' END
        WHEN r.kind = 'watchlist' THEN CASE WHEN kept.id IS NULL THEN 'new' ELSE 'same' END
        WHEN r.kind = 'hidden' THEN CASE WHEN hidden.id IS NULL THEN 'new' ELSE 'same' END
        WHEN r.kind = 'list' THEN CASE WHEN listed.id IS NULL THEN 'new' ELSE 'same' END
        WHEN r.kind = 'seen' THEN CASE
            WHEN marked.id IS NOT NULL THEN 'same'
            WHEN %(exact)s THEN 'new'
            WHEN EXISTS (SELECT FROM catalog_rating m WHERE m.user_id = %(user)s
                    AND m.movie_id = r.movie_id)
                OR EXISTS (SELECT FROM catalog_diaryentry m WHERE m.user_id = %(user)s
                    AND m.movie_id = r.movie_id)
            THEN 'same'
            WHEN r.says_more THEN 'repeated'
            ELSE 'new' END
        ELSE CASE WHEN watched.id IS NULL THEN 'new' ELSE 'same' END
    END AS outcome
    FROM (
        SELECT id, kind, movie_id, half_stars, watched_on, left_out, outcome, list_number,
            row_number() OVER (
                PARTITION BY kind, movie_id, CASE WHEN kind = 'diary' THEN watched_on END,
                    CASE WHEN kind = 'list' THEN list_number END
                ORDER BY left_out, priority, happened_at DESC NULLS LAST, position DESC)
                AS place_of_row,
            bool_or(kind IN ('rating', 'diary') AND NOT left_out) OVER (PARTITION BY movie_id)
                AS says_more
        FROM catalog_importrow WHERE member_import_id = %(job)s) r
    LEFT JOIN catalog_rating mine
        ON r.kind = 'rating' AND mine.user_id = %(user)s AND mine.movie_id = r.movie_id
    LEFT JOIN catalog_watchlistentry kept
        ON r.kind = 'watchlist' AND kept.user_id = %(user)s AND kept.movie_id = r.movie_id
    LEFT JOIN catalog_hiddenmovie hidden
        ON r.kind = 'hidden' AND hidden.user_id = %(user)s AND hidden.movie_id = r.movie_id
    LEFT JOIN catalog_seenmovie marked
        ON r.kind = 'seen' AND marked.user_id = %(user)s AND marked.movie_id = r.movie_id
    LEFT JOIN catalog_importlist l
        ON r.kind = 'list' AND l.member_import_id = %(job)s AND l.number = r.list_number
    LEFT JOIN catalog_movielistentry listed
        ON listed.list_id = l.movie_list_id AND listed.movie_id = r.movie_id
    LEFT JOIN catalog_diaryentry watched
        ON r.kind = 'diary' AND watched.user_id = %(user)s AND watched.movie_id = r.movie_id
        AND watched.watched_on = r.watched_on
    ) settled
WHERE catalog_importrow.id = settled.id AND catalog_importrow.outcome <> settled.outcome
"""
ROWS = "r.member_import_id = %(job)s AND (NOT %(late)s OR r.arrived_at = %(now)s)"
# Taken: rows whose film has no stars yet, and conflicts that are decided for the file.
TAKEN = f"""
    {ROWS} AND r.kind = 'rating' AND (r.outcome = 'new' OR (
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
WHEN = "coalesce(r.happened_at, %(uploaded)s)"


def _add(kind: str, table: str, columns: str, values: str, extra: str = "") -> str:
    """A statement that adds rows of a kind, and notes which of them it added."""
    unique = "user_id, movie_id, watched_on" if kind == "diary" else "user_id, movie_id"
    returned = unique.removeprefix("user_id, ")
    same = " AND ".join(f"r.{name} = added.{name}" for name in returned.split(", "))
    return f"""
    WITH added AS (
        INSERT INTO {table} (user_id, movie_id, {columns})
        SELECT %(user)s, r.movie_id, {values} FROM catalog_importrow r
        WHERE {ROWS} AND r.kind = '{kind}' AND r.outcome = 'new' {extra}
        ORDER BY {WHEN}, r.position
        ON CONFLICT ({unique}) DO NOTHING
        RETURNING {returned})
    UPDATE catalog_importrow r SET written = true FROM added
    WHERE {ROWS} AND r.kind = '{kind}' AND r.outcome = 'new' AND {same}
    """  # noqa: S608


ADD_TO_WATCHLIST = _add("watchlist", "catalog_watchlistentry", "added_at", WHEN)
MARK_SEEN = _add("seen", "catalog_seenmovie", "watched_on, marked_at", f"r.watched_on, {WHEN}")
ADD_TO_DIARY = _add(
    "diary",
    "catalog_diaryentry",
    "watched_on, half_stars, rewatch, note, created_at",
    "r.watched_on, r.half_stars, r.rewatch, r.note, coalesce(r.happened_at, %(now)s)",
)
# What is rated is not hidden.
HIDE = _add(
    "hidden",
    "catalog_hiddenmovie",
    "hidden_at",
    WHEN,
    "AND NOT EXISTS (SELECT FROM catalog_rating m"
    " WHERE m.user_id = %(user)s AND m.movie_id = r.movie_id)",
)
# What was not found waits for its film.
WAIT = """
UPDATE catalog_importrow SET outcome = 'waiting'
WHERE member_import_id = %(job)s AND outcome = 'unmatched'
"""
STATEMENTS = (ADD_TO_WATCHLIST, ADD_TO_DIARY, MARK_SEEN, HIDE)
COUNT = """
SELECT
    count(*) FILTER (WHERE kind = 'rating' AND written AND before_half_stars IS NULL),
    count(*) FILTER (WHERE kind = 'rating' AND written AND before_half_stars IS NOT NULL),
    count(*) FILTER (WHERE outcome = 'conflict' AND NOT written),
    count(*) FILTER (WHERE kind = 'watchlist' AND written),
    count(*) FILTER (WHERE kind = 'diary' AND written),
    count(*) FILTER (WHERE kind = 'seen' AND written),
    count(*) FILTER (WHERE kind = 'hidden' AND written),
    count(*) FILTER (WHERE kind = 'list' AND written),
    count(DISTINCT movie_id) FILTER (WHERE kind IN ('rating', 'diary', 'seen') AND written),
    count(*) FILTER (WHERE outcome = 'waiting')
FROM catalog_importrow WHERE member_import_id = %(job)s
"""
COUNTED = (
    "ratings_added",
    "ratings_changed",
    "ratings_kept",
    "watchlist_added",
    "diary_added",
    "seen_added",
    "hidden_added",
    "list_films_added",
    "films_seen",
    "waiting",
)


def hold_account(user_id: int) -> None:
    """Keep a member's account from being deleted until the transaction ends; call it first.

    Whoever deletes the account locks it before its imports, too: so neither waits for the other.
    """
    table = get_user_model()._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT FROM {table} WHERE id = %s FOR KEY SHARE", [user_id])


def settle(job: MemberImport) -> None:
    """Find out the outcome of every row anew."""
    exact = job.source == ImportSource.MATINEE
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, {"job": job.pk, "user": job.user_id, "exact": exact})


def write(job: MemberImport, now: datetime, *, late: bool = False) -> None:
    """Write what the outcomes promise, and keep what it replaces for undoing it.

    Must be called inside a transaction that holds the import's row. The members' own ratings are
    locked first and films afterwards, which is the order of a single rating too.
    """
    values: dict[str, Any] = {
        "job": job.pk,
        "user": job.user_id,
        "rule": job.on_conflict,
        "uploaded": job.created_at,
        "now": now,
        "late": late,
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITE_LOCK])
        cursor.execute(
            "SELECT FROM catalog_rating WHERE user_id = %s ORDER BY id FOR UPDATE", [job.user_id]
        )
        lists = imported_lists.choose(job)
        settle(job)
        cursor.execute(REMEMBER, values)
        _rate(job, values)
        for statement in STATEMENTS:
            cursor.execute(statement, values)
        refused = imported_lists.fill(job, lists, values)
        cursor.execute(WAIT, values)
        job.result |= {**_counted(cursor, values), "lists_refused": refused} | _lists(job)


def _rate(job: MemberImport, values: Mapping[str, Any]) -> None:
    """Write the ratings that are taken, in the order in which they were given."""
    rows = ImportRow.objects.filter(member_import=job, kind="rating", written=True)
    if values["late"]:
        rows = rows.filter(arrived_at=values["now"])
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
        now=values["now"],
    )
    # A rating that somebody gave since the rows were settled stays, and is not the import's.
    if len(written) < len(films):
        rows.exclude(movie_id__in=written).update(written=False)


def _counted(cursor: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    cursor.execute(COUNT, values)
    return dict(zip(COUNTED, cursor.fetchone(), strict=True))


def _lists(job: MemberImport) -> dict[str, Any]:
    return {"lists_made": job.lists.filter(made=True).count()}

"""From the staging tables into the catalog: one statement a table, changing only what differs."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password

from .datasets.records import Knowledge
from .datasets.report import Report
from .staging import LINK_IDS, MOVIE_NUMBERS, MOVIE_TEXTS

TITLES = ("title", "original_title", "search_title", "year")

# Films that two datasets share are told by an id, or else by title and year where no id says that
# they are different ones.
NO_ID_DISAGREES = " AND ".join(f"coalesce(l.{name} = s.{name}, true)" for name in LINK_IDS)
MATCHES = (
    "l.movielens_id = s.movielens_id",
    "l.ml_100k_id = s.ml_100k_id",
    "l.imdb_id = s.imdb_id AND coalesce(l.movielens_id = s.movielens_id, true)",
    "l.tmdb_id = s.tmdb_id AND coalesce(l.movielens_id = s.movielens_id, true) "
    "AND coalesce(l.imdb_id = s.imdb_id, true)",
    "split_part(m.search_title, E'\\n', 2) = s.folded_title AND m.year = s.year "
    f"AND {NO_ID_DISAGREES}",
)


def match_movies(cursor: Any) -> None:
    """Give every staged film the movie it is; those that are nowhere yet get new numbers."""
    for condition in MATCHES:
        cursor.execute(
            f"""
            UPDATE stage_movie SET movie_id = found.movie_id FROM (
                SELECT DISTINCT ON (movie_id) movie_id, row_no FROM (
                    SELECT DISTINCT ON (s.row_no) s.row_no, m.id AS movie_id
                    FROM stage_movie s
                    JOIN catalog_movie m ON true
                    JOIN catalog_link l ON l.movie_id = m.id AND {condition}
                    WHERE s.movie_id IS NULL
                      AND NOT EXISTS (SELECT FROM stage_movie t WHERE t.movie_id = m.id)
                    ORDER BY s.row_no, m.rating_count DESC, m.id) candidates
                ORDER BY movie_id, row_no) found
            WHERE stage_movie.row_no = found.row_no
            """  # noqa: S608
        )
    cursor.execute(
        """
        UPDATE stage_movie SET movie_id = numbered.id, is_new = true FROM (
            SELECT row_no, nextval(pg_get_serial_sequence('catalog_movie', 'id')) AS id
            FROM (SELECT row_no FROM stage_movie WHERE movie_id IS NULL ORDER BY row_no) unknown
        ) numbered WHERE stage_movie.row_no = numbered.row_no
        """
    )
    cursor.execute("ANALYZE stage_movie")


def upsert_collections(cursor: Any, report: Report) -> None:
    _upsert(
        cursor,
        report,
        "collections",
        table="catalog_collection",
        key="tmdb_id",
        columns=("name", "poster_path", "backdrop_path"),
        source="""SELECT DISTINCT ON (tmdb_id) tmdb_id, name, poster_path, backdrop_path
                  FROM stage_collection ORDER BY tmdb_id, row_no""",
    )


def upsert_facets(cursor: Any, report: Report) -> None:
    """Genres, companies, countries and languages."""
    for kind, table, stage, key in (
        ("genres", "catalog_genre", "stage_genre", "slug"),
        ("companies", "catalog_company", "stage_company", "tmdb_id"),
        ("countries", "catalog_country", "stage_country", "code"),
        ("languages", "catalog_language", "stage_language", "code"),
    ):
        _upsert(
            cursor,
            report,
            kind,
            table=table,
            key=key,
            columns=("name",),
            source=f"""SELECT DISTINCT ON (key) key AS {key}, name FROM {stage}
                       ORDER BY key, row_no""",  # noqa: S608
        )


def upsert_movies(cursor: Any, report: Report) -> None:
    """Metadata replace what is there; MovieLens fills what is blank, titles of no film included."""
    better = f"(s.knowledge = {Knowledge.METADATA:d} OR m.id IS NULL)"
    retitled = (
        f"({better} OR (s.knowledge = {Knowledge.TITLE:d} AND m.title LIKE 'Untitled film %'))"
    )
    merged = {name: f"CASE WHEN {retitled} THEN s.{name} ELSE m.{name} END" for name in TITLES}
    merged["year"] = (
        f"CASE WHEN {retitled} THEN coalesce(s.year, m.year) ELSE coalesce(m.year, s.year) END"
    )
    for name in MOVIE_TEXTS:
        merged[name] = (
            f"coalesce(CASE WHEN {better} THEN s.{name} END, nullif(m.{name}, ''), s.{name}, '')"
        )
    for name in MOVIE_NUMBERS:
        merged[name] = f"coalesce(CASE WHEN {better} THEN s.{name} END, m.{name}, s.{name})"
    merged["collection_id"] = "coalesce(c.id, m.collection_id)"
    _upsert(
        cursor,
        report,
        "movies",
        table="catalog_movie",
        key="id",
        columns=tuple(merged),
        source=f"""SELECT s.movie_id AS id, {", ".join(f"{v} AS {k}" for k, v in merged.items())}
                   FROM stage_movie s
                   LEFT JOIN catalog_movie m ON m.id = s.movie_id
                   LEFT JOIN catalog_collection c ON c.tmdb_id = s.collection_id
                   ORDER BY s.row_no""",  # noqa: S608
        on_insert={
            "rating_count": "0",
            "half_star_sum": "0",
            "created_at": "now()",
            "updated_at": "now()",
        },
        on_update={"updated_at": "now()"},
    )


def upsert_links(cursor: Any, report: Report) -> None:
    merged = ", ".join(f"coalesce(s.{name}, l.{name}) AS {name}" for name in LINK_IDS)
    _upsert(
        cursor,
        report,
        "links",
        table="catalog_link",
        key="movie_id",
        columns=LINK_IDS,
        source=f"""SELECT s.movie_id, {merged} FROM stage_movie s
                   LEFT JOIN catalog_link l ON l.movie_id = s.movie_id ORDER BY s.row_no""",  # noqa: S608
    )


def connect_facets(cursor: Any) -> None:
    """Metadata's lists replace a movie's own; MovieLens's genres go to movies that have none."""
    for stage, facet, key, through in (
        ("stage_genre", "genre", "slug", "catalog_movie_genres"),
        ("stage_company", "company", "tmdb_id", "catalog_movie_companies"),
        ("stage_country", "country", "code", "catalog_movie_countries"),
        ("stage_language", "language", "code", "catalog_movie_spoken_languages"),
    ):
        cursor.execute(
            f"""
            DELETE FROM {through} t USING stage_movie s
            WHERE t.movie_id = s.movie_id AND s.knowledge = {Knowledge.METADATA:d}
              AND EXISTS (SELECT FROM {stage} g WHERE g.row_no = s.row_no)
              AND NOT EXISTS (
                  SELECT FROM {stage} g JOIN catalog_{facet} f ON f.{key} = g.key
                  WHERE g.row_no = s.row_no AND f.id = t.{facet}_id)
            """  # noqa: S608
        )
        cursor.execute(
            f"""
            INSERT INTO {through} (movie_id, {facet}_id)
            SELECT DISTINCT s.movie_id, f.id FROM stage_movie s
            JOIN {stage} g ON g.row_no = s.row_no JOIN catalog_{facet} f ON f.{key} = g.key
            WHERE NOT EXISTS (
                SELECT FROM {through} t WHERE t.movie_id = s.movie_id
                AND (t.{facet}_id = f.id OR s.knowledge < {Knowledge.METADATA:d}))
            """  # noqa: S608
        )


def upsert_raters(cursor: Any, report: Report, slug: str) -> None:
    """Inactive users, one for each rater of the dataset, who cannot log in.

    A member who took such a name beforehand keeps it, and that rater's ratings are rejected.
    """
    user = get_user_model()._meta.db_table
    cursor.execute("SELECT count(DISTINCT rater) FROM stage_rating")
    report.count("raters").read = cursor.fetchone()[0]
    cursor.execute(
        f"""
        INSERT INTO {user} (username, password, imported, is_active, is_staff, is_superuser,
                            is_public, watch_together, first_name, last_name, email, date_joined)
        SELECT %s || '-' || rater, %s, true, false, false, false, false, false, '', '', '', now()
        FROM (SELECT DISTINCT rater FROM stage_rating) raters
        WHERE NOT EXISTS (SELECT FROM {user} u WHERE u.username = %s || '-' || rater)
        ORDER BY rater
        ON CONFLICT (username) DO NOTHING
        """,  # noqa: S608
        [slug, make_password(None), slug],
    )
    report.count("raters").loaded = cursor.rowcount
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
    read = report.count("ratings").read
    _upsert(
        cursor,
        report,
        "ratings",
        table="catalog_rating",
        key="user_id, movie_id",
        columns=("half_stars", "rated_at"),
        source=f"""
            SELECT user_id, movie_id, half_stars, to_timestamp(rated_at) AS rated_at FROM (
                SELECT DISTINCT ON (u.id, s.movie_id) u.id AS user_id, s.movie_id,
                       r.half_stars, r.rated_at, r.row_no
                FROM stage_rating r
                JOIN stage_movie s ON s.{item_key} = r.item
                JOIN {user} u ON u.username = '{slug}-' || r.rater
                ORDER BY u.id, s.movie_id, r.rated_at DESC, r.row_no DESC) latest
            ORDER BY row_no""",  # noqa: S608
        on_insert={"updated_at": "now()"},
        on_update={"updated_at": "now()"},
    )
    report.count("ratings").read = read


def _upsert(
    cursor: Any,
    report: Report,
    kind: str,
    *,
    table: str,
    key: str,
    columns: tuple[str, ...],
    source: str,
    on_insert: dict[str, str] | None = None,
    on_update: dict[str, str] | None = None,
) -> None:
    """Insert what is new, update what differs, leave all else untouched, and count the three.

    ``source`` selects the key and the columns. Rows that are equal already are taken out before
    the insert: a conflict would lock them, and burn a number of the id sequence for each.
    """
    on_insert, on_update = on_insert or {}, on_update or {}
    keys = key.split(", ")
    same_key = " AND ".join(f"old.{name} = new.{name}" for name in keys)
    equal = " AND ".join(f"old.{name} IS NOT DISTINCT FROM new.{name}" for name in columns)
    differs = " OR ".join(f"{table}.{name} IS DISTINCT FROM EXCLUDED.{name}" for name in columns)
    updates = [f"{name} = EXCLUDED.{name}" for name in columns]
    updates += [f"{name} = {value}" for name, value in on_update.items()]
    names = ", ".join([*keys, *columns])
    cursor.execute(
        f"""
        WITH new AS MATERIALIZED ({source}), written AS (
            INSERT INTO {table} ({", ".join([names, *on_insert])})
            SELECT {", ".join([*(f"new.{n}" for n in [*keys, *columns]), *on_insert.values()])}
            FROM new
            WHERE NOT EXISTS (SELECT FROM {table} old WHERE {same_key} AND {equal})
            ON CONFLICT ({key}) DO UPDATE SET {", ".join(updates)} WHERE {differs}
            RETURNING xmax = 0 AS inserted)
        SELECT count(*) FILTER (WHERE inserted), count(*) FILTER (WHERE NOT inserted),
               (SELECT count(*) FROM new) FROM written
        """,  # noqa: S608
    )
    count = report.count(kind)
    count.loaded, count.updated, count.read = cursor.fetchone()

"""Upsert of staged films with their links, genres and other facets."""

from typing import Any

from catalog.dataset_import.staging import LINK_IDS, MOVIE_NUMBERS, MOVIE_TEXTS
from catalog.datasets.records import Knowledge
from catalog.datasets.report import Report

from . import locks
from .upsert import upsert

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


# A merged film is told by the ids that it had: its ratings are those of the film that stayed.
ALIAS_MATCHES = (
    "a.movielens_id = s.movielens_id",
    "a.ml_100k_id = s.ml_100k_id",
    "s.movielens_id IS NULL AND a.imdb_id = s.imdb_id",
    "s.movielens_id IS NULL AND a.tmdb_id = s.tmdb_id",
)


def set_merged_films_aside(cursor: Any, report: Report) -> None:
    """Films that an editor has merged into others here: their words are not needed any more."""
    moved = 0
    for condition in ALIAS_MATCHES:
        cursor.execute(
            f"""
            WITH merged AS (
                DELETE FROM stage_movie s USING catalog_filmalias a
                WHERE {condition} AND NOT EXISTS (
                    SELECT FROM catalog_link l WHERE l.movie_id = a.movie_id
                    AND (l.movielens_id = s.movielens_id OR l.ml_100k_id = s.ml_100k_id))
                RETURNING a.movie_id, s.movielens_id, s.ml_100k_id)
            INSERT INTO stage_alias SELECT * FROM merged
            """  # noqa: S608
        )
        moved += cursor.rowcount
    report.remarks["films that were merged with others here"] += moved


def match_movies(cursor: Any, *, preview: bool = False) -> None:
    """Give every staged film the movie it is; those that are nowhere yet get new numbers.

    For a preview these are numbers that no film has.
    """
    for condition in MATCHES:
        cursor.execute(
            f"""
            UPDATE stage_movie SET movie_id = found.movie_id FROM (
                SELECT DISTINCT ON (movie_id) movie_id, row_no FROM (
                    SELECT DISTINCT ON (s.row_no) s.row_no, m.id AS movie_id
                    FROM stage_movie s
                    CROSS JOIN catalog_movie m
                    LEFT JOIN catalog_link l ON l.movie_id = m.id
                    WHERE {condition} AND s.movie_id IS NULL
                      AND NOT EXISTS (SELECT FROM stage_movie t WHERE t.movie_id = m.id)
                    ORDER BY s.row_no, m.rating_count DESC, m.id) candidates
                ORDER BY movie_id, row_no) found
            WHERE stage_movie.row_no = found.row_no
            """  # noqa: S608
        )
    number = "-1 - row_no" if preview else "nextval(pg_get_serial_sequence('catalog_movie', 'id'))"
    cursor.execute(
        f"""
        UPDATE stage_movie SET movie_id = numbered.id, is_new = true FROM (
            SELECT row_no, {number} AS id
            FROM (SELECT row_no FROM stage_movie WHERE movie_id IS NULL ORDER BY row_no) unknown
        ) numbered WHERE stage_movie.row_no = numbered.row_no
        """  # noqa: S608
    )
    cursor.execute("ANALYZE stage_movie")


def upsert_collections(cursor: Any, report: Report) -> None:
    upsert(
        cursor,
        report,
        "collections",
        table="catalog_collection",
        key="tmdb_id",
        columns=("name", "poster_path", "backdrop_path"),
        source="""SELECT DISTINCT ON (tmdb_id) tmdb_id, name, poster_path, backdrop_path, row_no
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
        upsert(
            cursor,
            report,
            kind,
            table=table,
            key=key,
            columns=("name",),
            source=f"""SELECT DISTINCT ON (key) key AS {key}, name, row_no FROM {stage}
                       ORDER BY key, row_no""",  # noqa: S608
        )


def upsert_movies(cursor: Any, report: Report) -> None:
    """Metadata replace what is there; MovieLens fills what is blank, titles of no film included."""
    locks.fold_staged_titles(cursor)
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
    merged = {name: _unless_locked(name, value) for name, value in merged.items()}
    selected = ", ".join(f"{value} AS {name}" for name, value in merged.items())
    upsert(
        cursor,
        report,
        "movies",
        table="catalog_movie",
        key="id",
        columns=tuple(merged),
        source=f"""SELECT s.movie_id AS id, s.row_no, {selected}
                   FROM stage_movie s
                   LEFT JOIN catalog_movie m ON m.id = s.movie_id
                   LEFT JOIN ({locks.FIELDS}) k ON k.movie_id = s.movie_id
                   LEFT JOIN catalog_collection c ON c.tmdb_id = s.collection_id""",  # noqa: S608
        on_insert={
            "rating_count": "0",
            "half_star_sum": "0",
            "created_at": "now()",
            "updated_at": "now()",
        },
        on_update={"updated_at": "now()"},
    )


def _unless_locked(column: str, value: str) -> str:
    """The value of a column, or what it is where an editor has locked it."""
    field = column.removesuffix("_id")
    return f"CASE WHEN '{field}' = ANY(k.fields) THEN m.{column} ELSE {value} END"


def upsert_links(cursor: Any, report: Report) -> None:
    merged = ", ".join(
        f"CASE WHEN 'links' = ANY(k.fields) THEN l.{name} ELSE coalesce(s.{name}, l.{name}) END "
        f"AS {name}"
        for name in LINK_IDS
    )
    upsert(
        cursor,
        report,
        "links",
        table="catalog_link",
        key="movie_id",
        columns=LINK_IDS,
        source=f"""SELECT s.movie_id, s.row_no, {merged} FROM stage_movie s
                   LEFT JOIN ({locks.FIELDS}) k ON k.movie_id = s.movie_id
                   LEFT JOIN catalog_link l ON l.movie_id = s.movie_id""",  # noqa: S608
    )


def connect_facets(cursor: Any) -> None:
    """Metadata's lists replace a movie's own; MovieLens's genres go to movies that have none.

    A list that an editor has locked stays as it is.
    """
    for stage, facet, key, field in (
        ("stage_genre", "genre", "slug", "genres"),
        ("stage_company", "company", "tmdb_id", "companies"),
        ("stage_country", "country", "code", "countries"),
        ("stage_language", "language", "code", "spoken_languages"),
    ):
        through = f"catalog_movie_{field}"
        unlocked = f"NOT EXISTS ({locks.of_field(field)})"
        cursor.execute(
            f"""
            DELETE FROM {through} t USING stage_movie s
            WHERE t.movie_id = s.movie_id AND s.knowledge = {Knowledge.METADATA:d}
              AND {unlocked} AND EXISTS (SELECT FROM {stage} g WHERE g.row_no = s.row_no)
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
            WHERE {unlocked} AND NOT EXISTS (
                SELECT FROM {through} t WHERE t.movie_id = s.movie_id
                AND (t.{facet}_id = f.id OR s.knowledge < {Knowledge.METADATA:d}))
            """  # noqa: S608
        )

"""Fields of films that an editor has locked, and where fields come from after an import."""

from typing import Any

from catalog.datasets.records import Knowledge
from catalog.models import Movie, Origin

from .staging import MOVIE_NUMBERS, MOVIE_TEXTS

# The names of the locked fields of each film that has some.
FIELDS = """SELECT movie_id, array_agg(field::text) AS fields FROM catalog_fieldprovenance
            WHERE locked GROUP BY movie_id"""

LISTS = {
    "genres": "stage_genre",
    "companies": "stage_company",
    "countries": "stage_country",
    "spoken_languages": "stage_language",
}


def of_field(field: str) -> str:
    """A subquery for the lock of one field of the staged film ``s``."""
    return (
        "SELECT FROM catalog_fieldprovenance p "
        f"WHERE p.movie_id = s.movie_id AND p.field = '{field}' AND p.locked"
    )


def fold_staged_titles(cursor: Any) -> None:
    """Make searchable titles of what staged films will be called, where the file does not tell it.

    An editor has locked a title, or the film has titles in other languages.
    """
    cursor.execute(
        f"""
        SELECT s.row_no,
               CASE WHEN 'title' = ANY(k.fields) THEN m.title ELSE s.title END,
               CASE WHEN 'original_title' = ANY(k.fields) THEN m.original_title
                    ELSE s.original_title END,
               coalesce(t.titles, '{{}}')
        FROM stage_movie s JOIN catalog_movie m ON m.id = s.movie_id
        LEFT JOIN ({FIELDS}) k ON k.movie_id = m.id
        LEFT JOIN (SELECT movie_id, array_agg(title::text ORDER BY language) AS titles
                   FROM catalog_filmtranslation GROUP BY movie_id) t ON t.movie_id = m.id
        WHERE k.fields && '{{title,original_title}}' OR t.movie_id IS NOT NULL
        """  # noqa: S608
    )
    rows = [(row, Movie.folded_titles(*own, *more)) for row, *own, more in cursor.fetchall()]
    cursor.execute(
        """
        UPDATE stage_movie s SET search_title = folded.title
        FROM unnest(%s::bigint[], %s::text[]) AS folded (row_no, title)
        WHERE s.row_no = folded.row_no
        """,
        [[row for row, _ in rows], [title for _, title in rows]],
    )


def note_origins(cursor: Any) -> None:
    """What this import's metadata have replaced comes from a dataset now: a field without a row.

    Of each film only what the metadata know: the others keep what was written by others.
    """
    known = {"title": "true", "original_title": "true", "links": "true"}
    known |= {name: f"s.{name} IS NOT NULL" for name in ("year", *MOVIE_TEXTS, *MOVIE_NUMBERS)}
    known["collection"] = "s.collection_id IS NOT NULL"
    known |= {
        field: f"EXISTS (SELECT FROM {stage} g WHERE g.row_no = s.row_no)"
        for field, stage in LISTS.items()
    }
    replaced = " ".join(f"WHEN '{field}' THEN {known[field]}" for field in known)
    cursor.execute(
        f"""
        DELETE FROM catalog_fieldprovenance p USING stage_movie s
        WHERE p.movie_id = s.movie_id AND NOT s.is_new AND NOT p.locked AND p.origin <> %s
          AND s.knowledge = %s AND CASE p.field {replaced} ELSE false END
        """,  # noqa: S608
        [Origin.DATASET, int(Knowledge.METADATA)],
    )

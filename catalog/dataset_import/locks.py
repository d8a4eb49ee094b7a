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


def fold_titles(cursor: Any) -> None:
    """Make the searchable titles anew of films of which one title is locked and one is not."""
    cursor.execute(
        """
        SELECT DISTINCT m.id, m.title, m.original_title, m.search_title
        FROM stage_movie s JOIN catalog_movie m ON m.id = s.movie_id
        JOIN catalog_fieldprovenance p ON p.movie_id = m.id AND p.locked
            AND p.field IN ('title', 'original_title')
        """
    )
    for key, title, original_title, search_title in cursor.fetchall():
        folded = Movie.folded_titles(title, original_title)
        if folded != search_title:
            cursor.execute(
                "UPDATE catalog_movie SET search_title = %s WHERE id = %s", [folded, key]
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

"""Storing the rows of an upload in the database, by COPY."""

from collections.abc import Iterator

from django.db import connection

from catalog.folding import fold
from catalog.models import ImportRow, MemberImport
from catalog.postgres import Copier

from .formats.records import Placed, Reading

COLUMNS = (
    "member_import_id",
    "position",
    "file",
    "line",
    "kind",
    "priority",
    "title",
    "folded",
    "year",
    "imdb_id",
    "tmdb_id",
    "movielens_id",
    "half_stars",
    "happened_at",
    "watched_on",
    "rewatch",
    "matched_by",
    "suggestions",
    "left_out",
    "take",
    "outcome",
    "written",
)
NOTHING_DECIDED = ("", "{}", False, "", "unmatched", False)


def store_rows(job: MemberImport, reading: Reading) -> None:
    """Replace the rows of an import by what was read."""
    job.rows.all().delete()
    with connection.cursor() as cursor:
        Copier(cursor)(ImportRow._meta.db_table, COLUMNS, _rows(job.pk, reading.rows))
        cursor.execute(f"ANALYZE {ImportRow._meta.db_table}")


def _rows(import_id: int, rows: list[Placed]) -> Iterator[tuple[object, ...]]:
    for position, placed in enumerate(rows):
        row, film = placed.row, placed.row.film
        yield (
            import_id,
            position,
            placed.file[:100],
            placed.line,
            row.kind,
            row.priority,
            film.title,
            fold(film.title),
            film.year,
            film.imdb_id,
            film.tmdb_id,
            film.movielens_id,
            row.half_stars,
            row.happened_at,
            row.watched_on,
            row.rewatch,
            *NOTHING_DECIDED,
        )

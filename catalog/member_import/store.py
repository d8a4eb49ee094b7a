"""Rows and lists of an upload on their way into the database, by COPY."""

from collections.abc import Iterable, Iterator

from django.db import connection

from catalog.folding import fold
from catalog.models import ImportList, ImportRow, MemberImport
from catalog.postgres import Copier

from .formats import dates
from .formats.cells import moment
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
    "letterboxd_id",
    "director",
    "half_stars",
    "happened_at",
    "watched_on",
    "rewatch",
    "note",
    "list_number",
    "place",
    "matched_by",
    "suggestions",
    "left_out",
    "take",
    "outcome",
    "written",
)
NOTHING_DECIDED = ("", "{}", False, "", "unmatched", False)
Cells = tuple[object, ...]


def store_rows(job: MemberImport, reading: Reading) -> None:
    """Replace the rows and lists of an import by what was read."""
    replace_rows(job, cells_of(job.pk, reading.rows), list_cells(reading))


def replace_rows(
    job: MemberImport, rows: Iterable[Cells], lists: Iterable[dict[str, object]]
) -> None:
    """The same, with rows as the database takes them."""
    job.rows.all().delete()
    job.lists.all().delete()
    ImportList.objects.bulk_create(
        ImportList(
            member_import=job,
            **{
                **one,
                "listed_at": _time(one["listed_at"]),
                "changed_at": _time(one["changed_at"]),
            },
        )
        for one in lists
    )
    with connection.cursor() as cursor:
        Copier(cursor)(ImportRow._meta.db_table, COLUMNS, rows)
        cursor.execute(f"ANALYZE {ImportRow._meta.db_table}")


def cells_of(import_id: int, rows: Iterable[Placed]) -> Iterator[Cells]:
    for position, placed in enumerate(rows):
        row, film = placed.row, placed.row.film
        yield (
            import_id,
            position,
            placed.file[:100],
            placed.line,
            str(row.kind),
            row.priority,
            film.title,
            fold(film.title),
            film.year,
            film.imdb_id,
            film.tmdb_id,
            film.movielens_id,
            film.letterboxd_id,
            film.director,
            row.half_stars,
            row.happened_at,
            row.watched_on,
            row.rewatch,
            row.note,
            row.list_number,
            row.place,
            *NOTHING_DECIDED,
        )


def list_cells(reading: Reading) -> list[dict[str, object]]:
    return [
        {
            "number": number,
            "title": head.title,
            "description": head.description,
            "is_public": head.is_public,
            "listed_at": dates.iso(head.created_at, None) if head.created_at else None,
            "changed_at": dates.iso(head.updated_at, None) if head.updated_at else None,
        }
        for number, head in enumerate(reading.lists)
    ]


def _time(text: object) -> object:
    return moment(text) if text else None

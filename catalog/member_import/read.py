"""Reading the rows of an upload; its format is recognised by its columns."""

from collections.abc import Iterator

from .files import open_upload
from .formats import imdb, letterboxd, matinee, movielens, trakt
from .formats.records import (
    MOST_ROWS,
    FileRefusedError,
    Format,
    Part,
    Placed,
    Reading,
    RowAsideError,
    RowRefusedError,
)

FORMATS = (
    *letterboxd.FORMATS,
    *imdb.FORMATS,
    *trakt.FORMATS,
    *matinee.FORMATS,
    *movielens.FORMATS,
)


def recognise(file_name: str, content: bytes) -> list[tuple[Part, Format]]:
    """The files of an upload that can be taken, all from one site.

    Raises
    ------
    FileRefusedError
        When the upload cannot be opened or nothing in it is known.
    """
    parts = open_upload(file_name, content)
    parts += [section for part in parts for section in matinee.sections(part)]
    known = [(part, found) for part in parts if (found := _format_of(part))]
    if not known:
        _explain(parts, is_zip=content.startswith(b"PK"))
    source = known[0][1].source
    return [(part, one) for part, one in known if one.source == source]


def read(file_name: str, content: bytes) -> Reading:
    """All rows of an upload, and the reasons for those that are not taken.

    Raises
    ------
    FileRefusedError
        When it cannot be opened, is broken in itself, or holds no row or too many.
    """
    known = recognise(file_name, content)
    reading = Reading(known[0][1].source)
    seen = 0
    for part, found in known:
        for line, values in part.entries():
            seen += 1
            if seen > MOST_ROWS:
                raise FileRefusedError("too-many-rows")
            try:
                if isinstance(values, RowRefusedError):
                    raise values
                rows = list(found.read(values))
                if not all(row.film for row in rows):
                    raise RowRefusedError("no-film")
            except RowRefusedError as error:
                reading.refuse(part.name, line, error)
            except RowAsideError as error:
                reading.aside[error.code] += 1
            else:
                reading.rows += [Placed(part.name, line, row) for row in rows]
    if not reading.rows and not reading.problems:
        raise FileRefusedError("nothing")
    return reading


def _format_of(part: Part) -> Format | None:
    return next((one for one in FORMATS if one.matches(part)), None)


def _explain(parts: list[Part], *, is_zip: bool) -> None:
    """Say why nothing is known, as precisely as can be."""
    if is_zip:
        raise FileRefusedError("unknown-zip")
    part = parts[0]
    letterboxd.refuse_unnamed_list(part)
    trakt.refuse_other_list(part)
    if part.document == []:
        raise FileRefusedError("nothing")
    if part.header is None:
        raise FileRefusedError("unknown-header", header=next(_beginning(part)))
    if len(part.header) == 1 and part.header[0].count(";") > 1:
        raise FileRefusedError("semicolons")
    raise FileRefusedError("unknown-header", header=",".join(part.header))


def _beginning(part: Part) -> Iterator[str]:
    document = part.document
    first = document[0] if isinstance(document, list) and document else document
    yield "{{{}…}}".format(", ".join(first)) if isinstance(first, dict) else str(first)

"""Looks up films that somebody waits for at TMDB, by their ids or by title and year."""

from collections.abc import Iterable, Iterator

import structlog

from catalog.folding import fold
from catalog.models import Movie
from catalog.tmdb.client import Tmdb
from catalog.tmdb.errors import NotThereError, UnreadableError
from catalog.tmdb.records import FoundFilm

from .add_film import add_film
from .waiting_rows import WantedFilm

log = structlog.get_logger(__name__)


def look_up(wanted: Iterable[WantedFilm]) -> Iterator[tuple[WantedFilm, Movie | None]]:
    """Each wanted film with the one that was added or found for it; None where none is sure.

    An id is believed. A title is, where exactly one film has it in that very year. Raises
    TmdbError when TMDB refuses or does not answer: what was not yielded was not looked for.
    """
    tmdb = Tmdb()
    for one in wanted:
        try:
            yield one, _look_up(one, tmdb)
        except (NotThereError, UnreadableError) as error:
            log.info("film_not_found", wanted=str(one), error=str(error))
            yield one, None


def _look_up(wanted: WantedFilm, tmdb: Tmdb) -> Movie | None:
    imdb_id = None if wanted.imdb_id is None else f"tt{wanted.imdb_id:07d}"
    if wanted.tmdb_id is not None or imdb_id is not None:
        return add_film(tmdb_id=wanted.tmdb_id, imdb_id=imdb_id, tmdb=tmdb).movie
    tmdb_id = _only_film(wanted, tmdb) if wanted.title and wanted.year else None
    return None if tmdb_id is None else add_film(tmdb_id=tmdb_id, tmdb=tmdb).movie


def _only_film(wanted: WantedFilm, tmdb: Tmdb) -> int | None:
    title = fold(wanted.title)

    def fits(film: FoundFilm) -> bool:
        titles = (fold(film.title), fold(film.original_title))
        return film.year == wanted.year and title in titles

    found = [film.tmdb_id for film in tmdb.search(wanted.title, year=wanted.year) if fits(film)]
    return found[0] if len(found) == 1 else None

"""Adds a film from TMDB, or finds it: never a double."""

from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Q

from catalog.folding import fold
from catalog.models import Movie
from catalog.tmdb.client import Tmdb
from catalog.tmdb.errors import NotThereError
from catalog.tmdb.records import FilmRecord

from .tmdb_film import write_film
from .waiting_rows import tell_arrived

ADD_LOCK = 0x4D544146  # one film at a time: two requests for one film must not make two


@dataclass(frozen=True)
class Added:
    """``created`` is False where the film was here already, perhaps without its ids."""

    movie: Movie
    created: bool


def add_film(
    *, tmdb_id: int | None = None, imdb_id: str | None = None, tmdb: Tmdb | None = None
) -> Added:
    """The film with one of these ids, fetched from TMDB and written whole where it is not here.

    Raises
    ------
    TmdbError
        When TMDB does not know the film or does not answer: nothing is written then.
    """
    if tmdb_id is None and imdb_id is None:
        raise ValueError("a film is added by its id at TMDB or IMDb")
    if (movie := film_by_ids(tmdb_id, imdb_id)) is not None:
        return Added(movie, created=False)
    tmdb = tmdb or Tmdb()
    if tmdb_id is None:
        found = tmdb.find_by_imdb(imdb_id or "")
        if found is None:
            raise NotThereError(f"TMDB knows no film with the id {imdb_id} at IMDb.")
        tmdb_id = found.tmdb_id
    return _write(tmdb.film(tmdb_id))


@transaction.atomic
def _write(film: FilmRecord) -> Added:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADD_LOCK])
    if (movie := film_by_ids(film.tmdb_id, film.imdb_id)) is not None:
        return Added(movie, created=False)
    known = _film_by_title(film)
    movie = write_film(film, into=known)
    tell_arrived([movie.pk])
    return Added(movie, created=known is None)


def film_by_ids(tmdb_id: int | None, imdb_id: str | None) -> Movie | None:
    """The film of the catalog with one of these ids; the one that is rated most of doubles."""
    condition = Q()
    if tmdb_id is not None:
        condition |= Q(link__tmdb_id=tmdb_id)
    if imdb_id is not None:
        condition |= Q(link__imdb_id=imdb_id)
    return Movie.objects.filter(condition).order_by("-rating_count", "pk").first()


def _film_by_title(film: FilmRecord) -> Movie | None:
    """A film of this title and year of which no id says that it is another one."""
    if film.year is None:
        return None
    same = Movie.objects.filter(
        Q(link__isnull=True) | Q(link__tmdb_id__isnull=True, link__imdb_id__isnull=True),
        search_title__startswith=f"\n{fold(film.title)}\n",
        year=film.year,
    )
    return same.order_by("-rating_count", "pk").first()

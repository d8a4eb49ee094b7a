"""Films that TMDB knows, for a search that this site's own films answer badly."""

from dataclasses import asdict, dataclass
from typing import Any

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

from catalog.models import Movie
from catalog.queries.typed import film_ids, split_year, title_in
from catalog.tmdb.client import FOR_PAGES, Tmdb
from catalog.tmdb.errors import NotThereError
from catalog.tmdb.records import FoundFilm

log = structlog.get_logger(__name__)

CACHE_SECONDS = 24 * 3600
MOST_SHOWN = 10


@dataclass(frozen=True)
class Elsewhere:
    """A film of TMDB, and the same one of this site where it is here."""

    film: FoundFilm
    movie: Movie | None


def films_elsewhere(query: str, *, language: str) -> list[Elsewhere]:
    """TMDB's films for a title, a title with its year, an id, or an address; its best first.

    Raises TmdbError where TMDB does not answer, soon enough for a page.
    """
    query = " ".join(query.split())[:200]
    if not query:
        return []
    key = f"catalog.elsewhere.{language}.{query.casefold().encode().hex()}"
    found = _kept(key)
    if found is None:
        found = [film for film in _ask(query, language) if not film.adult][:MOST_SHOWN]
        _keep(key, found)
    here = Movie.objects.filter(link__tmdb_id__in=[film.tmdb_id for film in found])
    movies = {movie.link.tmdb_id: movie for movie in here.select_related("link")}
    return [Elsewhere(film, movies.get(film.tmdb_id)) for film in found]


def _ask(query: str, language: str) -> list[FoundFilm]:
    tmdb = Tmdb(FOR_PAGES)
    ids = film_ids(query)
    if ids is not None and ids.imdb_id is not None:
        film = tmdb.find_by_imdb(ids.imdb_id)
        return [film] if film else []
    if ids is not None and ids.tmdb_id is not None:
        try:
            return [tmdb.brief(ids.tmdb_id, language=language)]
        except NotThereError:
            return []
    query = title_in(query)
    title, year = split_year(query)
    if title is not None and (found := tmdb.search(title, year=year, language=language)):
        return found
    return tmdb.search(query, language=language)


def _kept(key: str) -> list[FoundFilm] | None:
    try:
        kept: list[dict[str, Any]] | None = cache.get(key)
    except (RedisError, OSError) as error:
        log.warning("elsewhere_not_read", error=repr(error))
        return None
    return None if kept is None else [FoundFilm(**film) for film in kept]


def _keep(key: str, found: list[FoundFilm]) -> None:
    try:
        cache.set(key, [asdict(film) for film in found], CACHE_SECONDS)
    except (RedisError, OSError) as error:
        log.warning("elsewhere_not_kept", error=repr(error))

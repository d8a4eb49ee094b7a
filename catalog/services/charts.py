"""Renews what is popular now and what comes soon in the site's country."""

from collections.abc import Iterator

import structlog
from django.conf import settings
from django.db import transaction

from catalog.models import Chart, ChartEntry, Movie
from catalog.tmdb.client import Tmdb
from catalog.tmdb.errors import NotThereError, UnreadableError
from catalog.tmdb.records import FoundFilm

from .add_film import add_film

log = structlog.get_logger(__name__)

LENGTH = 20


def renew_charts() -> None:
    """Fetch both, add the films that are new, and show them in TMDB's order.

    Raises TmdbError when TMDB refuses or does not answer: what was shown stays.
    """
    tmdb, country = Tmdb(), settings.MATINEE_COUNTRIES[0]
    _replace(Chart.POPULAR_NOW, list(_films(tmdb.now_playing(country), tmdb)))
    _replace(Chart.COMING_SOON, list(_films(tmdb.upcoming(country), tmdb)))


def _films(found: list[FoundFilm], tmdb: Tmdb) -> Iterator[Movie]:
    for film in [one for one in found if not one.adult][:LENGTH]:
        try:
            yield add_film(tmdb_id=film.tmdb_id, tmdb=tmdb).movie
        except (NotThereError, UnreadableError) as error:
            log.warning("chart_film_not_added", tmdb_id=film.tmdb_id, error=str(error))


@transaction.atomic
def _replace(chart: Chart, movies: list[Movie]) -> None:
    ChartEntry.objects.filter(chart=chart).delete()
    once = dict.fromkeys(movie.pk for movie in movies)
    ChartEntry.objects.bulk_create(
        ChartEntry(chart=chart, position=place, movie_id=key) for place, key in enumerate(once, 1)
    )

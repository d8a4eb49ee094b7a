"""Writes all that TMDB says of a film, with its origin and the day of the next look."""

from collections.abc import Collection
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from catalog.models import Movie, Origin, TmdbRefresh
from catalog.tmdb.records import FilmRecord

from .provenance import record_origin
from .tmdb_details import write_details
from .tmdb_fields import COLUMNS, Rights, write_columns, write_relations

# Days until a film is looked at again, by its age in days: TMDB's terms allow 180.
LOOK_AGAIN = ((90, 3), (365, 14), (5 * 365, 60))
RARELY = 150


@transaction.atomic
def write_film(film: FilmRecord, into: Movie | None) -> Movie:
    """Complete or refresh a film of the catalog, or make a new one of it."""
    if into is None:
        movie, rights = Movie(), Rights.of_a_new_film()
    else:
        movie = Movie.objects.select_for_update().get(pk=into.pk)
        rights = Rights.of(movie)
    written = list(write_columns(movie, film, rights))
    if into is None:
        movie.save()
    written += write_relations(movie, film, rights)
    written += write_details(movie, film, rights)
    _update(movie, written)
    record_origin([movie], written, Origin.TMDB)
    now = timezone.now()
    TmdbRefresh.objects.update_or_create(
        movie=movie,
        defaults={
            "fetched_at": now,
            "due_at": now + timedelta(days=days_until_next(film.release_date, now.date())),
            "failures": 0,
            "problem": "",
        },
    )
    return movie


def _update(movie: Movie, written: Collection[str]) -> None:
    """Without the signals of `save`: a night's refreshes would have every process read the
    catalog anew each time, and what they change may wait until it does so by itself."""
    movie.fold_titles()
    columns = {name: getattr(movie, name) for name in (*COLUMNS, "collection") if name in written}
    Movie.objects.filter(pk=movie.pk).update(
        **columns, search_title=movie.search_title, updated_at=timezone.now()
    )


def days_until_next(released: date | None, today: date) -> int:
    """New films change often, old ones rarely; one that has not come out yet is new."""
    age = (today - released).days if released else 0
    return next((days for oldest, days in LOOK_AGAIN if age <= oldest), RARELY)

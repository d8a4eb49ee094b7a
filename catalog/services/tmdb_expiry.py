"""Drops what came from TMDB and could not be refreshed within the six months that it allows."""

from collections.abc import Iterable
from datetime import timedelta

import structlog
from django.db import models, transaction
from django.utils import timezone

from catalog.models import (
    ChartEntry,
    Credit,
    FieldProvenance,
    FilmTranslation,
    Movie,
    Offer,
    Origin,
    Release,
)

from .tmdb_fields import COLUMNS, RELATIONS

log = structlog.get_logger(__name__)

KEPT_FOR = timedelta(days=180)
# Facts by which members' ratings keep their film; ids are how the film is found again.
STAYING = frozenset({"title", "year", "links"})
HANGING: dict[str, type[models.Model]] = {
    "translations": FilmTranslation,
    "releases": Release,
    "offers": Offer,
    "credits": Credit,
}
FILMS_AT_ONCE = 500


def drop_old() -> int:
    """Blank what is too old, but for title, year and ids; on how many films."""
    before = timezone.now() - KEPT_FOR
    ChartEntry.objects.filter(fetched_at__lt=before).delete()
    old = FieldProvenance.objects.filter(
        origin=Origin.TMDB, written_at__lt=before, locked=False
    ).exclude(field__in=STAYING)
    keys = list(old.order_by("movie_id").values_list("movie_id", flat=True).distinct())
    for start in range(0, len(keys), FILMS_AT_ONCE):
        with transaction.atomic():
            for movie in Movie.objects.select_for_update().filter(
                pk__in=keys[start : start + FILMS_AT_ONCE]
            ):
                rows = old.filter(movie=movie)
                _blank(movie, rows.values_list("field", flat=True))
                rows.delete()
    if keys:
        log.warning("tmdb_data_dropped", films=len(keys))
    return len(keys)


def _blank(movie: Movie, fields: Iterable[str]) -> None:
    for name in fields:
        if name in COLUMNS:
            column = Movie._meta.get_field(name)
            setattr(movie, name, None if column.null else "")
        elif name in RELATIONS:
            getattr(movie, name).clear()
        elif name == "collection":
            movie.collection = None
        elif name == "keywords":
            movie.keywords.clear()
        elif name in HANGING:
            HANGING[name]._default_manager.filter(movie=movie).delete()
    movie.save()

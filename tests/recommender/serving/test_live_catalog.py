"""The arrays of a process follow what comes into the catalog."""

from typing import Any

import pytest
from django.core.cache import cache

from catalog.models import Movie
from catalog.services.add_film import add_film
from recommender.serving.live_catalog import CHECK_SECONDS, STAMP_KEY, LiveCatalog
from tests.stand_in_tmdb import StandInTmdb, bare, tmdb

__all__ = ["tmdb"]


@pytest.mark.django_db
def test_a_film_that_was_added_is_in_the_arrays_at_the_next_look(
    tmdb: StandInTmdb, django_capture_on_commit_callbacks: Any
) -> None:
    cache.delete(STAMP_KEY)
    Movie.objects.create(title="Earlier")
    live = LiveCatalog(in_background=False)
    before = len(live.current())
    tmdb.add(bare(7, "Arrived", genres=[{"id": 18, "name": "Drama"}]))
    with django_capture_on_commit_callbacks(execute=True):
        movie = add_film(tmdb_id=7).movie
    live._checked_at -= CHECK_SECONDS
    arrays = live.current()
    assert len(arrays) == before + 1
    assert movie.pk in arrays.movie_ids
    assert "Drama" in arrays.genre_names

"""The catalog as arrays."""

import pytest
from django.core.cache import cache
from pytest_django import DjangoCaptureOnCommitCallbacks

from catalog.models import Movie
from catalog.services.film_merge import merge_films
from catalog.signals import films_changed
from recommender.data.catalog_arrays import read_catalog
from recommender.serving.filters import Filters
from recommender.serving.live_catalog import STAMP_KEY

pytestmark = pytest.mark.django_db


def test_a_hidden_film_passes_no_filter() -> None:
    shown, hidden = Movie.objects.create(title="A"), Movie.objects.create(title="B", hidden=True)
    for filters in (Filters(), Filters(show_adult=True)):
        catalog = read_catalog()
        assert catalog.movie_ids[filters.mask(catalog)].tolist() == [shown.pk]
    Movie.objects.filter(pk=hidden.pk).update(hidden=False)
    catalog = read_catalog()
    assert Filters().mask(catalog).all()


def test_whoever_changes_films_by_statements_of_their_own_renews_the_arrays(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    before = cache.get(STAMP_KEY)
    with django_capture_on_commit_callbacks(execute=True):
        films_changed.send(Movie)
    after = cache.get(STAMP_KEY)
    assert after != before
    one, two = Movie.objects.create(title="A"), Movie.objects.create(title="A")
    with django_capture_on_commit_callbacks(execute=True):
        merge_films(one, two, editor_id=None)
    assert cache.get(STAMP_KEY) != after
    assert read_catalog().movie_ids.tolist() == [one.pk]

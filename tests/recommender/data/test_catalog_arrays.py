"""The catalog as arrays: what is new, rated lately or hidden."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from catalog.models import Movie, Rating
from catalog.services.film_merge import merge_films
from catalog.signals import films_changed
from recommender.data import catalog_arrays
from recommender.data.catalog_arrays import read_catalog
from recommender.serving.filters import Filters
from recommender.serving.live_catalog import STAMP_KEY

pytestmark = pytest.mark.django_db

YEAR_AGO = timedelta(days=400)


def add(title: str, added: timedelta = YEAR_AGO, released: timedelta | None = None) -> Movie:
    """A film that came ``added`` ago."""
    today = timezone.localdate()
    movie = Movie.objects.create(title=title, release_date=released and today - released)
    Movie.objects.filter(pk=movie.pk).update(created_at=timezone.now() - added)
    return movie


def new_films() -> set[str]:
    arrays = read_catalog()
    return set(
        Movie.objects.filter(pk__in=arrays.movie_ids[arrays.is_new]).values_list("title", flat=True)
    )


def test_films_released_or_added_lately_are_new() -> None:
    add("An old one")
    add("Released lately", released=timedelta(days=40))
    add("Released long ago", released=timedelta(days=4000))
    add("Announced", released=-timedelta(days=40))
    add("Added lately", added=timedelta(days=3), released=timedelta(days=9000))
    assert new_films() == {"Released lately", "Added lately"}


def test_a_site_that_is_being_filled_has_no_new_films() -> None:
    add("First", added=timedelta(days=2))
    add("Second", added=timedelta(days=1))
    assert new_films() == set()
    assert read_catalog().is_new.shape == (2,)


def test_of_the_ratings_written_last_those_made_last_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog_arrays, "LATELY", 3)
    films = [add(title) for title in "ABC"]
    users = [get_user_model().objects.create_user(f"rater{number}") for number in range(4)]

    def rated(user: int, film: int, when: datetime) -> None:
        Rating.objects.create(user=users[user], movie=films[film], half_stars=8, rated_at=when)

    now = timezone.now()
    for user in range(4):
        rated(user, 0, now - timedelta(days=3000))  # imported today
    rated(0, 1, now)
    rated(1, 1, now - timedelta(days=1))
    rated(2, 2, now - timedelta(days=2))
    assert not read_catalog().log_lately.any(), "what fewer than five people did is theirs"
    Movie.objects.update(rating_count=9, half_star_sum=72)
    np.testing.assert_allclose(read_catalog().log_lately, np.log1p([0, 2, 1]), rtol=1e-6)


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

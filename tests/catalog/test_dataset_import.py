"""The real files, whole: The Movies Dataset with its small ratings, then MovieLens over it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Count, F, Max, Sum
from pytest_django import DjangoDbBlocker

from catalog.dataset_import.load import import_dataset
from catalog.datasets.report import Report
from catalog.models import Dataset, Link, Movie, Rating

User = get_user_model()


@pytest.fixture(scope="module")
def imported(
    shared_data: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Report]:
    """The import's report; what it stored is there for the whole module, and gone after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield import_dataset(shared_data / "movies-dataset-small")
        transaction.set_rollback(True)


def test_every_rating_is_there(imported: Report) -> None:
    assert imported.rejected == 0
    assert imported.counts["ratings"].read == imported.counts["ratings"].loaded == 100_004
    ratings = Rating.objects.aggregate(
        rows=Count("pk"), users=Count("user", distinct=True), movies=Count("movie", distinct=True)
    )
    assert ratings == {"rows": 100_004, "users": 671, "movies": 9_066}
    assert User.objects.filter(imported=True, username__startswith="movies-dataset-small-").exists()


def test_every_film_with_metadata_is_there(imported: Report) -> None:
    # 45,466 rows less 3 second halves of broken ones and 30 repeated ids, 5 of them two films
    # at MovieLens, and 76 films without metadata of which MovieLens's titles are beside it.
    assert imported.counts["movies"].read == 45_466
    assert Movie.objects.count() == Link.objects.count() == imported.counts["movies"].loaded
    assert Movie.objects.filter(link__tmdb_id__isnull=False).count() > 45_400
    assert not Movie.objects.filter(title__startswith="Untitled film").exists()


def test_the_known_dirt_is_counted(imported: Report) -> None:
    remarks = imported.remarks
    assert remarks["rows with shifted columns, put together again"] == 3
    assert remarks["repeated ids in the metadata, first row taken"] == 30
    assert remarks["metadata rows without an IMDb id, joined on the TMDB id alone"] == 17
    # 9,025 of the 9,066 rated films have metadata by the TMDB id, two more by the IMDb id.
    assert remarks["rated movies without metadata"] == 39


def test_broken_rows_are_whole(imported: Report) -> None:
    film = Movie.objects.get(link__tmdb_id=82663)
    assert (film.title, film.runtime, str(film.release_date)) == ("Midnight Man", 104, "1997-08-20")
    assert film.companies.filter(name="Carousel Productions").exists()


def test_films_have_all_that_the_file_has(imported: Report) -> None:
    film = Movie.objects.select_related("link", "collection").get(link__movielens_id=1)
    assert (str(film), film.runtime, film.budget, film.revenue) == (
        "Toy Story (1995)",
        81,
        30_000_000,
        373_554_033,
    )
    assert (film.link.imdb_id, film.link.tmdb_id) == ("tt0114709", 862)
    assert [genre.name for genre in film.genres.all()] == ["Animation", "Comedy", "Family"]
    assert str(film.collection) == "Toy Story Collection"
    assert film.poster_path == "/rhIRbceoE9lR4veEXuwCC2wARtG.jpg"
    assert (film.rating_count, film.adult) == (247, False)


def test_aggregates_agree_with_the_ratings(imported: Report) -> None:
    totals = Movie.objects.aggregate(n=Sum("rating_count"), stars=Sum("half_star_sum"))
    assert totals == {
        "n": 100_004,
        "stars": Rating.objects.aggregate(stars=Sum("half_stars"))["stars"],
    }
    wrong = Movie.objects.annotate(n=Count("ratings")).exclude(rating_count=F("n"))
    assert not wrong.exists()


def test_a_second_import_changes_nothing(imported: Report, shared_data: Path) -> None:
    newest = Movie.objects.aggregate(newest=Max("updated_at"))
    report = import_dataset(shared_data / "movies-dataset-small")
    assert not report.changed
    assert report.counts["ratings"].read == 100_004
    assert Movie.objects.aggregate(newest=Max("updated_at")) == newest


def test_movielens_adds_its_films_and_leaves_the_metadata(
    imported: Report, shared_data: Path
) -> None:
    with transaction.atomic():
        films = Movie.objects.count()
        report = import_dataset(shared_data / "ml-latest-small-2018")
        assert report.counts["ratings"].loaded == 100_836
        assert report.counts["movies"].read == 9_742
        assert Movie.objects.count() == films + report.counts["movies"].loaded
        # All but the newest films and some others were known by an id.
        assert 150 < report.counts["movies"].loaded < 200
        assert Movie.objects.get(link__movielens_id=1).runtime == 81
        assert set(Dataset.objects.values_list("slug", flat=True)) == {
            "movies-dataset-small",
            "ml-latest-small-2018",
        }
        transaction.set_rollback(True)

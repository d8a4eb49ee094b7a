"""The real files, whole: The Movies Dataset with its small ratings, then MovieLens over it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Count, F, Max, Sum
from pytest_django import DjangoDbBlocker

from catalog.dataset_import.load import import_dataset
from catalog.datasets.records import DatasetError
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


USUAL = {
    (1, 1, 8, 964982703),
    (1, 2, 7, 964982224),
    (2, 1, 10, 964983815),
    (2, 3, 1, 964982931),
}
DATED = {(1, 1, 7, 1112486027), (1, 2, 7, 1112484676), (2, 1, 10, 974820598)}
TWO = {(1, 1, 8, 964982703), (1, 2, 7, 964982224)}
CASES: dict[str, set[tuple[int, int, int, int]]] = {
    "D01-kaggle-ml-20m": DATED,
    "D01b-kaggle-renamed": DATED,
    "D02-csv-is-a-zip": USUAL,
    "D03-mac.zip": USUAL,
    "D03b-mac-unpacked": USUAL,
    "D04-ml-1m": {(1, 1, 10, 978300760), (1, 2, 6, 978302109), (2, 1, 8, 978298413)},
    "D04b-ml-10m": {(1, 1, 10, 838985046), (1, 2, 1, 838983525)},
    "D08-extra-columns": TWO,
    "D08b-other-case": {(1, 1, 8, 964982703)},
    "D08c-names-in-capitals": USUAL,
    "D09-two-folders": USUAL,
    "D10-milliseconds": {(1, 1, 8, 1609459200), (1, 2, 2, 1609459200)},
    "D11-windows.zip": USUAL,
}
REFUSED = {
    "D07-text-ids": "Nothing was stored: .* the user 'u-7af3' is not a whole number",
    "D08d-ten-scale": "scale to 10",
    "D12-movies-dataset-no-links": "neither links",
}


@pytest.fixture(scope="session")
def shared_cases(shared_data: Path) -> Path:
    folder = shared_data.parent / "cases" / "datasets"
    if not folder.is_dir():
        pytest.skip(f"no inputs of the kinds that people have at {folder}")
    return folder


def stored() -> set[tuple[int, int, int, int]]:
    return {
        (
            int(rating.user.username.rpartition("-")[2]),
            rating.movie.link.movielens_id or 0,
            rating.half_stars,
            int(rating.rated_at.timestamp()),
        )
        for rating in Rating.objects.select_related("user", "movie__link")
    }


@pytest.mark.django_db
@pytest.mark.parametrize("name", CASES)
def test_what_people_have_is_read(shared_cases: Path, name: str) -> None:
    report = import_dataset(shared_cases / name)
    assert stored() == CASES[name]
    assert report.rejected == 0
    assert set(Movie.objects.filter(link__movielens_id=1).values_list("title", "year")) == {
        ("Toy Story", 1995)
    }


@pytest.mark.django_db
def test_the_latest_of_several_ratings_counts(shared_cases: Path) -> None:
    report = import_dataset(shared_cases / "D05-re-ratings")
    assert stored() == {(1, 1, 6, 200), (1, 2, 4, 5)}
    assert report.rejected == 0
    assert report.remarks["ratings that a later one of the same film and rater replaces"] == 3


@pytest.mark.django_db
def test_points_to_ten_are_read_when_asked_for(shared_cases: Path) -> None:
    import_dataset(shared_cases / "D08d-ten-scale", scale=10)
    assert stored() == {(1, 1, 8, 964982703), (1, 2, 10, 964982224)}


@pytest.mark.django_db
@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused(shared_cases: Path, name: str) -> None:
    with pytest.raises(DatasetError, match=REFUSED[name]):
        import_dataset(shared_cases / name)
    assert not Movie.objects.exists()

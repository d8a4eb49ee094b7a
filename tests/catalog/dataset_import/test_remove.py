"""Undoing a dataset: all that came with it leaves, and nothing of a member's."""

from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser

from catalog.dataset_import.load import import_dataset
from catalog.dataset_import.remove import count_removal, remove_dataset
from catalog.datasets.records import DatasetError
from catalog.models import (
    Dataset,
    DatasetMovie,
    DiaryEntry,
    HiddenMovie,
    MemberImport,
    Movie,
    MovieList,
    MovieListEntry,
    Origin,
    Rating,
    SeenMovie,
    WatchlistEntry,
)
from catalog.services.provenance import record_origin
from catalog.services.ratings import rate
from tests.catalog import dataset_files as files

User = get_user_model()
pytestmark = pytest.mark.django_db

MOVIES = [(n, f"Film {n} (1990)", "Drama") for n in range(1, 13)]
RATINGS = [(rater, n, 4, 1000) for rater in (1, 2) for n in range(1, 13)]


@pytest.fixture
def first(tmp_path: Path) -> Path:
    folder = files.movielens(tmp_path / "ml-1", ratings=RATINGS, movies=MOVIES)
    import_dataset(folder)
    return folder


def film(number: int) -> Movie:
    return Movie.objects.get(link__movielens_id=number)


@pytest.mark.usefixtures("first")
def test_a_dataset_leaves_without_a_trace() -> None:
    removal = count_removal("ml-1")
    assert (removal.raters, removal.ratings, removal.films, removal.films_that_stay) == (
        2,
        24,
        12,
        0,
    )
    assert Movie.objects.count() == 12
    assert remove_dataset("ml-1") == removal
    for model in (Movie, Rating, Dataset, DatasetMovie, User):
        assert not model.objects.exists()


@pytest.mark.usefixtures("first")
def test_films_of_members_stay_with_all_that_is_theirs(ada: AbstractUser) -> None:
    rate(user_id=ada.pk, movie=film(1), half_stars=9)
    DiaryEntry.objects.create(user=ada, movie=film(2), watched_on="2026-01-01")
    films = MovieList.objects.create(user=ada, title="Mine")
    MovieListEntry.objects.create(list=films, movie=film(3), position=0)
    WatchlistEntry.objects.create(user=ada, movie=film(4))
    SeenMovie.objects.create(user=ada, movie=film(5))
    HiddenMovie.objects.create(user=ada, movie=film(6))
    job = MemberImport.objects.create(user=ada, source="imdb", file_name="ratings.csv")
    job.rows.create(position=0, file="a", line=1, kind="seen", movie=film(7))
    record_origin([film(8)], ["overview"], Origin.EDITOR)
    removal = remove_dataset("ml-1")
    assert (removal.films, removal.of_members, removal.edited) == (4, 7, 1)
    kept = Movie.objects.order_by("pk").values_list("link__movielens_id", flat=True)
    assert list(kept) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [(r.user_id, r.half_stars) for r in Rating.objects.all()] == [(ada.pk, 9)]
    assert (film(1).rating_count, film(1).half_star_sum, film(2).rating_count) == (1, 9, 0)
    assert job.rows.get().movie == film(7)
    assert [one.username for one in User.objects.all()] == ["ada"]


@pytest.mark.usefixtures("first")
def test_films_of_other_datasets_stay_and_leave_with_them(tmp_path: Path) -> None:
    second = [(12, "Film 12 (1990)", "Drama"), (13, "Film 13 (1990)", "Drama")]
    import_dataset(
        files.movielens(tmp_path / "ml-1-2", ratings=[(7, 12, 4, 1), (7, 13, 4, 1)], movies=second)
    )
    removal = remove_dataset("ml-1")
    # The raters of ml-1-2 are called ml-1-2-7, which is no rater of ml-1.
    assert (removal.raters, removal.films, removal.in_other_datasets) == (2, 11, 1)
    assert set(movielens_ids()) == {12, 13}
    assert User.objects.get().username == "ml-1-2-7"
    remove_dataset("ml-1-2")
    assert not Movie.objects.exists()


def test_what_was_there_before_does_not_leave(tmp_path: Path) -> None:
    Movie.objects.create(title="Film 1", year=1990)
    import_dataset(files.movielens(tmp_path / "ml-1", ratings=RATINGS, movies=MOVIES))
    assert remove_dataset("ml-1").films == 11
    assert Movie.objects.get().title == "Film 1"


@pytest.mark.usefixtures("first")
def test_of_a_dataset_from_before_films_were_kept_what_its_raters_rated_leaves() -> None:
    DatasetMovie.objects.all().delete()
    Movie.objects.create(title="By hand")
    assert remove_dataset("ml-1").films == 12
    assert Movie.objects.get().title == "By hand"


def test_importing_such_a_dataset_again_keeps_its_films(first: Path) -> None:
    DatasetMovie.objects.all().delete()
    assert not import_dataset(first).changed
    assert DatasetMovie.objects.filter(brought=True).count() == 12


@pytest.mark.usefixtures("first")
def test_it_can_be_loaded_again(first: Path) -> None:
    remove_dataset("ml-1")
    assert import_dataset(first).counts["ratings"].loaded == 24


def test_an_unknown_name_is_told_which_there_are(first: Path) -> None:
    with pytest.raises(DatasetError, match=r"No dataset is called 'ml'; loaded are: ml-1\."):
        count_removal("ml")


def movielens_ids() -> list[int | None]:
    return list(Movie.objects.values_list("link__movielens_id", flat=True))

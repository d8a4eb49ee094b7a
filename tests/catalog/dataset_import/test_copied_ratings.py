"""Imports of more ratings than are stored at a time: broken off, gone on with, beside others."""

from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Count, F, Sum

from catalog.dataset_import import load
from catalog.dataset_import.load import import_dataset
from catalog.datasets.report import Count as Rows
from catalog.datasets.report import Report
from catalog.models import Movie, Rating
from catalog.services.film_merge import merge_films
from catalog.services.ratings import rate
from tests.catalog import dataset_files as files

User = get_user_model()
MOVIES = [(item, f"Film {item} (1999)", "Drama") for item in range(1, 31)]
# Nine raters, whose ratings lie mixed, some of a film twice.
RATINGS = [
    (1 + n * 7 % 9, 1 + n * 11 % 30, 0.5 + n % 10 / 2, 964982703 + n // 3) for n in range(250)
]


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return files.movielens(tmp_path / "ml-large", ratings=RATINGS, movies=MOVIES)


@pytest.fixture
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "PORTION", 60)


def stored() -> list[tuple[object, ...]]:
    """Each rater's ratings in the order of their ids."""
    rows = Rating.objects.order_by("user__username", "pk")
    return list(
        rows.values_list("user__username", "movie__link__movielens_id", "half_stars", "rated_at")
    )


def wrong_sums() -> int:
    """Films whose count or sum is not that of their ratings."""
    films = Movie.objects.annotate(n=Count("ratings"), s=Sum("ratings__half_stars", default=0))
    return films.exclude(rating_count=F("n"), half_star_sum=F("s")).count()


class Broken(Exception):
    """The power went."""


def break_after(portions: int) -> Report:
    """A report whose watcher breaks the import off."""
    seen: list[int] = []

    def watch(name: str, position: int, size: int) -> None:
        if name == "ratings":
            seen.append(position)
            if len(seen) == portions:
                raise Broken

    return Report(watch=watch)


@pytest.mark.django_db
def test_portions_store_what_one_would(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = import_dataset(dataset)
    expected = stored()
    User.objects.all().delete()
    monkeypatch.setattr(load, "PORTION", 60)
    report = import_dataset(dataset)
    assert report.counts["ratings"] == whole.counts["ratings"]
    assert report.counts["raters"] == whole.counts["raters"]
    assert stored() == expected
    assert wrong_sums() == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("small_portions")
def test_an_import_that_was_broken_off_goes_on(dataset: Path) -> None:
    with pytest.raises(Broken):
        import_dataset(dataset, report=break_after(2))
    before = set(Rating.objects.values_list("pk", "updated_at"))
    assert 0 < len(before) < 200
    assert wrong_sums() == 0
    report = import_dataset(dataset)
    pairs = len({(user, item) for user, item, *_ in RATINGS})
    assert report.counts["ratings"] == Rows(read=250, loaded=pairs - len(before))
    assert Rating.objects.count() == pairs
    assert before <= set(Rating.objects.values_list("pk", "updated_at"))
    assert wrong_sums() == 0
    assert not import_dataset(dataset).changed


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("small_portions")
def test_each_portion_is_seen_at_once_and_members_rate_meanwhile(dataset: Path) -> None:
    member = User.objects.create_user("somebody", "somebody@example.org")
    counts: list[int] = []

    def watch(name: str, position: int, size: int) -> None:
        if name != "ratings":
            return
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM catalog_rating")
            counts.append(cursor.fetchone()[0])
        other.close()
        film = Movie.objects.order_by("pk")[len(counts)]
        rate(user_id=member.pk, movie=film, half_stars=9)

    import_dataset(dataset, report=Report(watch=watch))
    assert len(counts) > 2
    assert counts == sorted(set(counts))
    assert Rating.objects.filter(user=member).count() == len(counts)
    assert wrong_sums() == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("small_portions")
def test_a_film_that_is_merged_or_deleted_meanwhile_takes_its_ratings_along(dataset: Path) -> None:
    editor = User.objects.create_user("editor", "editor@example.org")

    done: list[str] = []

    def watch(name: str, position: int, size: int) -> None:
        if name == "ratings" and not done:
            done.append(name)
            kept, gone, deleted = Movie.objects.filter(link__movielens_id__in=(1, 2, 3))
            merge_films(kept, gone, editor_id=editor.pk)
            deleted.delete()

    report = import_dataset(dataset, report=Report(watch=watch))
    remark = "ratings of films that were deleted during the import"
    assert report.remarks[remark] > 0
    assert Movie.objects.count() == 28
    assert wrong_sums() == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("small_portions")
def test_a_role_that_may_not_leave_checks_out_has_them_made(dataset: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE matinee_test_importer")
        # All that it owns, and none of what it may as a superuser.
        cursor.execute("SELECT quote_ident(current_user)")
        cursor.execute(f"GRANT {cursor.fetchone()[0]} TO matinee_test_importer")
        cursor.execute("SET LOCAL ROLE matinee_test_importer")
    report = import_dataset(dataset)
    assert report.counts["ratings"].loaded == len({(user, item) for user, item, *_ in RATINGS})
    assert wrong_sums() == 0

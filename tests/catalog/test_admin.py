"""The admin's lists: found by search, a constant number of queries, no count of large tables."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from catalog.admin.large_tables import EstimatingPaginator
from catalog.models import (
    Collection,
    Company,
    Dataset,
    DiaryEntry,
    Genre,
    HiddenMovie,
    Link,
    MemberImport,
    Movie,
    MovieList,
    MovieListEntry,
    Rating,
    SeenMovie,
    WatchlistEntry,
)
from catalog.signals import ratings_changed

User = get_user_model()
pytestmark = pytest.mark.django_db

LISTS = (
    "catalog/movie",
    "catalog/link",
    "catalog/rating",
    "catalog/dataset",
    "catalog/genre",
    "catalog/company",
    "catalog/watchlistentry",
    "catalog/hiddenmovie",
    "catalog/seenmovie",
    "catalog/diaryentry",
    "catalog/movielist",
    "catalog/movielistentry",
    "catalog/memberimport",
    "accounts/user",
)


def add(count: int, start: int = 0) -> None:
    genre, _ = Genre.objects.get_or_create(name="Drama", slug="drama")
    for number in range(start, start + count):
        user = User.objects.create(username=f"member{number}")
        movie = Movie.objects.create(title=f"Amélie {number}", year=2001)
        movie.genres.add(genre)
        Link.objects.create(movie=movie, movielens_id=number + 1, imdb_id=f"tt{number:07d}")
        Rating.objects.create(user=user, movie=movie, half_stars=9)
        WatchlistEntry.objects.create(user=user, movie=movie)
        HiddenMovie.objects.create(user=user, movie=movie)
        SeenMovie.objects.create(user=user, movie=movie)
        DiaryEntry.objects.create(user=user, movie=movie, watched_on="2026-11-01")
        films = MovieList.objects.create(user=user, title=f"List {number}")
        MovieListEntry.objects.create(list=films, movie=movie, position=0)
        MemberImport.objects.create(user=user, source="imdb", file_name="ratings.csv")
        Company.objects.create(tmdb_id=number + 1, name=f"Company {number}")
        Dataset.objects.create(slug=f"dataset-{number}", title=f"Dataset {number}")


@pytest.fixture
def staff(client: Client, settings: Settings) -> Client:
    # Pages are rendered without collectstatic having been run.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    root = User.objects.create_superuser("root", "root@example.org", "secret")
    client.force_login(root, "django.contrib.auth.backends.ModelBackend")
    return client


def queries(staff: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert staff.get(address).status_code == 200
    return len(captured)


def test_rows_of_members_go_by_the_film_and_keep_no_name(staff: Client) -> None:
    """The admin's history keeps what a row was called, also when the member is gone."""
    add(1)
    for model in (Rating, WatchlistEntry, HiddenMovie, SeenMovie, DiaryEntry, MovieListEntry):
        row = model.objects.get()
        assert "Amélie 0 (2001)" in str(row)
        assert "member0" not in str(row)


@pytest.mark.parametrize("model", [Collection, Company])
def test_what_tmdb_does_not_know_needs_no_number_of_its(
    staff: Client, model: type[Collection | Company]
) -> None:
    for name in ("Films of our town", "Films of the next town"):
        address = f"/admin/catalog/{model._meta.model_name}/add/"
        assert staff.post(address, {"name": name}).status_code == 302
    assert list(model.objects.values_list("tmdb_id", flat=True)) == [None, None]


def test_an_import_waits_for_its_member_and_not_for_who_looks(staff: Client) -> None:
    add(1)
    MemberImport.objects.update(state="preview")
    job = MemberImport.objects.get()
    for page in ("", f"{job.pk}/change/"):
        shown = staff.get(f"/admin/catalog/memberimport/{page}").content.decode().lower()
        assert "waiting for the member" in shown
        assert "waiting for you" not in shown


def test_stars_of_a_diary_are_stars(staff: Client) -> None:
    add(1)
    DiaryEntry.objects.update(half_stars=9)
    entry = DiaryEntry.objects.get()
    assert "4.5" in staff.get("/admin/catalog/diaryentry/").content.decode()
    address = f"/admin/catalog/diaryentry/{entry.pk}/change/"
    assert '<option value="9" selected>4.5</option>' in staff.get(address).content.decode()
    values = {
        "user": entry.user_id,
        "movie": entry.movie_id,
        "watched_on": "2026-11-01",
        "half_stars": "",
        "created_at_0": "2026-11-01",
        "created_at_1": "12:00:00",
    }
    assert staff.post(address, values).status_code == 302
    entry.refresh_from_db()
    assert entry.half_stars is None


@pytest.mark.parametrize("name", LISTS)
def test_a_longer_list_takes_no_more_queries(staff: Client, name: str) -> None:
    add(3)
    address = f"/admin/{name}/"
    staff.get(address)  # content types and the session are looked up once
    few = queries(staff, address)
    add(20, start=3)
    assert queries(staff, address) == few
    assert few <= 8


def test_the_movie_page_takes_no_query_for_each_choice(staff: Client) -> None:
    add(2)
    movie = Movie.objects.latest("pk")
    address = f"/admin/catalog/movie/{movie.pk}/change/"
    staff.get(address)
    few = queries(staff, address)
    add(20, start=2)
    assert queries(staff, address) == few


@pytest.mark.parametrize(
    ("term", "found"),
    [("amelie 1", 1), ("AMÉLIE", 3), ("tt0000002", 1), ("2", 1), ("nothing like it", 0)],
)
@pytest.mark.parametrize("name", ["movie", "link"])
def test_movies_and_links_are_found(staff: Client, name: str, term: str, found: int) -> None:
    for number in range(3):
        movie = Movie.objects.create(title="Amélie " + "x1y"[number])
        Link.objects.create(
            movie=movie, imdb_id=f"tt000000{number}", movielens_id=(5, 2, 7)[number]
        )
    answer = staff.get(f"/admin/catalog/{name}/", {"q": term})
    assert answer.context["cl"].result_count == found


def test_ratings_are_found_by_user_and_by_movie(staff: Client) -> None:
    add(3)
    for term, found in (("member1", 1), ("amelie 2", 1), ("amelie", 3), ("member", 0)):
        answer = staff.get("/admin/catalog/rating/", {"q": term})
        assert answer.context["cl"].result_count == found, term


def test_users_are_members_unless_imported_ones_are_asked_for(staff: Client) -> None:
    User.objects.create(username="ml-1m-1", imported=True, is_active=False)

    def names(**query: str) -> set[str]:
        results = staff.get("/admin/accounts/user/", query).context["cl"].result_list
        return {user.username for user in results}

    assert names() == {"root"}
    assert names(kind="imported") == {"ml-1m-1"}
    assert names(kind="all") == {"root", "ml-1m-1"}


def test_a_rating_changed_here_moves_the_watermark_and_tells_others(
    staff: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    add(1)
    rating = Rating.objects.get()
    told: list[int | None] = []

    def listen(sender: object, user_id: int | None, **_: object) -> None:
        told.append(user_id)

    ratings_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            answer = staff.post(
                f"/admin/catalog/rating/{rating.pk}/change/",
                {
                    "user": rating.user_id,
                    "movie": rating.movie_id,
                    "half_stars": "3",
                    "rated_at_0": "2020-01-02",
                    "rated_at_1": "03:04:05",
                },
            )
    finally:
        ratings_changed.disconnect(listen)
    assert answer.status_code == 302
    before, rating = rating.updated_at, Rating.objects.get()
    assert (rating.half_stars, told) == (3, [rating.user_id])
    assert rating.updated_at > before
    assert rating.movie.half_star_sum == 3


def test_aggregates_cannot_be_edited(staff: Client) -> None:
    add(1)
    movie = Movie.objects.get()
    form = staff.get(f"/admin/catalog/movie/{movie.pk}/change/").context["adminform"].form
    assert not {"rating_count", "half_star_sum", "search_title"} & set(form.fields)


def test_datasets_are_only_written_by_the_import(staff: Client) -> None:
    assert staff.get("/admin/catalog/dataset/add/").status_code == 403


def test_a_large_table_is_estimated_and_a_filtered_one_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add(3)
    monkeypatch.setattr("catalog.admin.large_tables.COUNTED_ROWS", 1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE catalog_movie")
        cursor.execute("UPDATE pg_class SET reltuples = 12345 WHERE relname = 'catalog_movie'")
    everything = Movie.objects.order_by("pk")
    assert EstimatingPaginator(everything, 50).count == 12345
    assert EstimatingPaginator(everything.filter(year=2001), 50).count == 3


def test_films_seen_can_be_looked_at_only(staff: Client) -> None:
    add(1)
    mark = SeenMovie.objects.get()
    assert staff.get("/admin/catalog/seenmovie/add/").status_code == 403
    shown = staff.get(f"/admin/catalog/seenmovie/{mark.pk}/change/").content.decode()
    assert 'name="_save"' not in shown

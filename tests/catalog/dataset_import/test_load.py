"""Datasets into the database: once is all, twice is nothing more, half is nothing at all."""

from pathlib import Path

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.db import connection
from django.test import RequestFactory
from pytest_django import DjangoCaptureOnCommitCallbacks

from catalog.dataset_import import load
from catalog.dataset_import.load import import_dataset
from catalog.datasets.records import DatasetError
from catalog.datasets.report import Count
from catalog.models import Dataset, Genre, Link, Movie, Rating
from catalog.services.ratings import rate
from catalog.signals import ratings_changed
from tests.catalog import dataset_cases as cases
from tests.catalog import dataset_files as files

User = get_user_model()
pytestmark = pytest.mark.django_db

RATINGS = [(1, 10, 3.5, 1000), (1, 20, 5, 2000), (2, 10, 0.5, 1500)]
MOVIES = [(10, "GoldenEye (1995)", "Action|Thriller"), (20, "Léon (1994)", "Drama")]
LINKS = [(10, "0113189", "710"), (20, "0110413", "101")]
TABLES = (
    *("catalog_movie", "catalog_link", "catalog_rating", "catalog_genre", "catalog_collection"),
    *("catalog_company", "catalog_movie_genres", "catalog_movie_companies", "accounts_user"),
)


@pytest.fixture
def movielens(tmp_path: Path) -> Path:
    return files.movielens(tmp_path / "ml-small", ratings=RATINGS, movies=MOVIES, links=LINKS)


@pytest.fixture
def movies_dataset(tmp_path: Path) -> Path:
    return files.movies_dataset(
        tmp_path / "kaggle",
        ratings=RATINGS,
        links=LINKS,
        metadata=[
            files.metadata_row(
                id=710,
                imdb_id="tt0113189",
                title="GoldenEye",
                overview="A tab\tand a \\ and\na line",
                genres="[{'id': 28, 'name': 'Action'}, {'id': 53, 'name': 'Thriller'}]",
                belongs_to_collection="{'id': 645, 'name': 'James Bond Collection'}",
                production_companies="[{'name': 'Eon', 'id': 7576}]",
                production_countries="[{'iso_3166_1': 'GB', 'name': 'United Kingdom'}]",
                spoken_languages="[{'iso_639_1': 'ru', 'name': 'Pусский'}]",
                release_date="1995-11-16",
                budget="58000000",
            ),
            files.metadata_row(
                id=101, imdb_id="tt0110413", title="Leon: The Professional", original_title="Léon"
            ),
            files.metadata_row(id=5, imdb_id="tt0113101", title="Four Rooms"),
        ],
    )


def fingerprint() -> dict[str, list[tuple[object, ...]]]:
    """Where every row lies and which transaction wrote it: an update would move it."""
    rows = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT id, ctid::text, xmin::text FROM {table} ORDER BY id")  # noqa: S608
            rows[table] = cursor.fetchall()
    return rows


def test_films_ratings_and_links_are_stored(movies_dataset: Path) -> None:
    report = import_dataset(movies_dataset)
    assert report.counts["movies"] == Count(read=3, loaded=3)
    assert report.counts["ratings"] == Count(read=3, loaded=3)
    assert report.counts["raters"] == Count(read=2, loaded=2)
    film = Movie.objects.get(link__movielens_id=10)
    assert (film.title, film.year, film.budget) == ("GoldenEye", 1995, 58_000_000)
    assert film.overview == "A tab\tand a \\ and\na line"
    assert film.collection is not None
    assert film.collection.name == "James Bond Collection"
    assert {genre.name for genre in film.genres.all()} == {"Action", "Thriller"}
    assert [company.tmdb_id for company in film.companies.all()] == [7576]
    assert [country.code for country in film.countries.all()] == ["GB"]
    assert [language.name for language in film.spoken_languages.all()] == ["Pусский"]
    assert (film.link.imdb_id, film.link.tmdb_id) == ("tt0113189", 710)
    assert Movie.objects.get(title="Four Rooms").link.movielens_id is None


def test_what_is_stored_is_what_saving_would_store(movies_dataset: Path) -> None:
    import_dataset(movies_dataset)
    for film in Movie.objects.all():
        film.full_clean()
        stored = film.search_title
        film.save()
        assert film.search_title == stored


def test_aggregates_follow(movielens: Path) -> None:
    import_dataset(movielens)
    film = Movie.objects.get(title="GoldenEye")
    assert (film.rating_count, film.half_star_sum, film.average_rating) == (2, 8, 2.0)


def test_a_second_import_rewrites_no_row(movies_dataset: Path) -> None:
    import_dataset(movies_dataset)
    before = fingerprint()
    report = import_dataset(movies_dataset)
    assert fingerprint() == before
    assert not report.changed
    assert report.counts["ratings"] == Count(read=3)


def test_a_changed_file_changes_what_it_changes(movielens: Path) -> None:
    import_dataset(movielens)
    files.movielens(
        movielens,
        ratings=[(1, 10, 4.5, 1000), (1, 20, 5, 2000), (2, 10, 0.5, 1500), (3, 20, 1, 3000)],
        movies=MOVIES,
        links=LINKS,
    )
    report = import_dataset(movielens)
    assert report.counts["ratings"] == Count(read=4, loaded=1, updated=1)
    assert report.counts["raters"] == Count(read=3, loaded=1)
    assert Movie.objects.get(title="GoldenEye").half_star_sum == 10
    assert Movie.objects.get(title="Léon").rating_count == 2


@pytest.mark.parametrize("plan", ["hashjoin", "mergejoin", "nestloop"])
def test_ratings_and_films_keep_the_order_of_the_file(movielens: Path, plan: str) -> None:
    # Times collide in MovieLens: the id has to tell which came first, however the rows are joined.
    items = [item * 37 % 101 for item in range(1, 101)]
    movies = [(item, f"Film {item} (1999)", "") for item in items]
    files.movielens(movielens, ratings=[(1, item, 3, 9) for item in items], movies=movies)
    with connection.cursor() as cursor:
        for other in {"hashjoin", "mergejoin", "nestloop"} - {plan}:
            cursor.execute(f"SET LOCAL enable_{other} = off")
    import_dataset(movielens)
    rater = User.objects.get(username="ml-small-1")
    history = Rating.objects.history_of(rater.pk).select_related("movie__link")
    assert [rating.movie.link.movielens_id for rating in history] == items
    films = Link.objects.order_by("movie_id").values_list("movielens_id", flat=True)
    assert list(films) == items


def test_of_two_ratings_of_a_film_the_later_counts(movielens: Path) -> None:
    ratings = [(1, 10, 5, 3000), (1, 10, 1, 2000), (1, 20, 2, 7), (1, 20, 3, 7)]
    files.movielens(movielens, ratings=ratings, movies=MOVIES, links=LINKS)
    report = import_dataset(movielens)
    assert report.counts["ratings"] == Count(read=4, loaded=2)
    stars = {rating.movie.title: rating.stars for rating in Rating.objects.all()}
    assert stars == {"GoldenEye": 5.0, "Léon": 3.0}


def test_raters_cannot_log_in(movielens: Path, rf: RequestFactory) -> None:
    import_dataset(movielens)
    rater = User.objects.get(username="ml-small-1")
    assert (rater.imported, rater.is_active, rater.has_usable_password()) == (True, False, False)
    assert authenticate(rf.post("/"), username="ml-small-1", password="") is None


def test_members_are_never_touched(movielens: Path) -> None:
    import_dataset(movielens)
    film = Movie.objects.get(title="GoldenEye")
    member = User.objects.create(username="ml-small-3")
    kept = rate(user_id=member.pk, movie=film, half_stars=8)
    files.movielens(
        movielens, ratings=[*RATINGS, (3, 10, 1, 9), (3, 20, 1, 9)], movies=MOVIES, links=LINKS
    )
    report = import_dataset(movielens)
    assert [(r.pk, r.stars) for r in Rating.objects.filter(user=member)] == [(kept.pk, 4.0)]
    assert report.counts["raters"] == Count(read=3, rejected=1)
    assert report.counts["ratings"] == Count(read=5, rejected=2)
    member.refresh_from_db()
    assert (member.imported, member.is_active) == (False, True)


def test_a_failure_half_way_leaves_everything_as_it_was(
    movielens: Path, movies_dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_dataset(movielens)
    before = fingerprint()

    def fail(*_: object) -> None:
        raise RuntimeError("the power went")

    # Films, links and facets are written by then, and most of them are new or different.
    with monkeypatch.context() as patched:
        patched.setattr(load.upsert_ratings, "upsert_ratings", fail)
        with pytest.raises(RuntimeError, match="the power went"):
            import_dataset(movies_dataset)
    assert fingerprint() == before
    assert not Dataset.objects.filter(slug="movies-dataset-small").exists()
    assert import_dataset(movies_dataset).counts["ratings"].loaded == 3


def test_a_damaged_file_is_no_half_import(movies_dataset: Path) -> None:
    files.pack(movies_dataset, "gz")
    metadata = movies_dataset / "movies_metadata.csv.gz"
    metadata.write_bytes(metadata.read_bytes()[:-20])
    with pytest.raises(DatasetError, match="damaged or cut short"):
        import_dataset(movies_dataset)
    assert not Movie.objects.exists()
    assert not User.objects.exists()


def test_the_import_tells_others_after_the_commit_and_only_of_news(
    movielens: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    told: list[object] = []

    def listen(sender: object, user_id: object, **_: object) -> None:
        told.append((sender, user_id))

    ratings_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks() as callbacks:
            import_dataset(movielens)
        assert told == []
        for callback in callbacks:
            callback()
        assert told == [(Rating, None)]
        with django_capture_on_commit_callbacks(execute=True):
            import_dataset(movielens)
        assert told == [(Rating, None)]
    finally:
        ratings_changed.disconnect(listen)


def test_licence_and_citation_are_kept_for_the_footer(tmp_path: Path) -> None:
    folder = files.movielens(tmp_path / "ml-latest-small-2018", ratings=RATINGS, movies=MOVIES)
    import_dataset(folder)
    dataset = Dataset.objects.get()
    assert (dataset.slug, dataset.title) == ("ml-latest-small-2018", "MovieLens Latest Small")
    assert "Harper and Joseph A. Konstan" in dataset.citation
    assert "no commercial use" in dataset.licence


def test_genres_that_differ_in_writing_are_one(movielens: Path) -> None:
    movies = [(10, "GoldenEye (1995)", "Sci-Fi|sci fi"), (20, "Léon (1994)", "SCI-FI")]
    files.movielens(movielens, ratings=RATINGS, movies=movies, links=LINKS)
    import_dataset(movielens)
    assert [genre.slug for genre in Genre.objects.all()] == ["sci-fi"]
    assert Link.objects.count() == 2


def test_two_imports_at_a_time_are_refused(movielens: Path) -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [load.IMPORT_LOCK])
        with pytest.raises(DatasetError, match="Another import is running"):
            import_dataset(movielens)
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [load.IMPORT_LOCK])
    finally:
        other.close()
    assert import_dataset(movielens).changed


def times_and_films() -> tuple[dict[tuple[int, int], int], set[tuple[object, ...]]]:
    """When each rater rated which film, and the ids and titles of all films."""
    ratings = Rating.objects.select_related("user", "movie__link")
    times = {
        (int(rating.user.username.rpartition("-")[2]), rating.movie.link.movielens_id or 0): int(
            rating.rated_at.timestamp()
        )
        for rating in ratings
    }
    return times, set(Link.objects.values_list("movielens_id", "imdb_id", "tmdb_id"))


@pytest.mark.parametrize("name", cases.READ)
def test_what_people_have_is_read(tmp_path: Path, name: str) -> None:
    make, times = cases.READ[name]
    report = import_dataset(make(tmp_path / "ml-latest-small"))
    ids = {(1, "tt0114709", 862), (2, "tt0113497", 8844), (3, "tt0112346", 9087)}
    assert times_and_films() == (times, ids)
    stars = [rating.half_stars for rating in Rating.objects.order_by("pk")]
    assert stars == [7 if times == cases.DATED else 8, 7, 10]
    assert "Toy Story" in Movie.objects.values_list("title", flat=True)
    assert (report.rejected, report.counts["ratings"].loaded) == (0, 3)


@pytest.mark.parametrize("name", cases.REFUSED)
def test_what_cannot_be_read_is_refused_and_nothing_is_stored(tmp_path: Path, name: str) -> None:
    make, reason = cases.REFUSED[name]
    with pytest.raises(DatasetError) as refused:
        import_dataset(make(tmp_path / "ml-latest-small"))
    assert reason in str(refused.value)
    assert "\n" not in str(refused.value)
    assert not Movie.objects.exists()
    assert not User.objects.exists()

"""What hangs on the film that goes hangs on the film that stays, and nothing is counted twice."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection
from pytest_django import DjangoCaptureOnCommitCallbacks

from catalog.models import (
    DiaryEntry,
    FieldProvenance,
    FilmAlias,
    FilmMerge,
    Genre,
    HiddenMovie,
    Link,
    Movie,
    MovieList,
    MovieListEntry,
    Origin,
    Rating,
    SeenMovie,
    WatchlistEntry,
)
from catalog.services.film_merge import MergeError, merge_films, undo_merge
from catalog.services.film_merge.rules import RULES, Rule
from catalog.services.provenance import record_origin
from catalog.signals import films_changed, ratings_changed

User = get_user_model()
pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def kept() -> Movie:
    return Movie.objects.create(title="Heat", year=1995, overview="Cops.")


@pytest.fixture
def gone() -> Movie:
    return Movie.objects.create(title="Heat", year=1995, overview="Robbers.", runtime=170)


@pytest.fixture
def eve() -> Any:
    return User.objects.create(username="eve")


def test_the_later_of_two_ratings_counts(kept: Movie, gone: Movie, eve: Any) -> None:
    ann = User.objects.create(username="ann")
    for user, movie, half_stars, days in (
        (eve, kept, 2, 0),
        (eve, gone, 9, 1),
        (ann, kept, 7, 1),
        (ann, gone, 1, 0),
    ):
        Rating.objects.create(
            user=user, movie=movie, half_stars=half_stars, rated_at=NOW + timedelta(days=days)
        )
    merge_films(kept, gone, editor_id=None)
    kept.refresh_from_db()
    assert dict(Rating.objects.values_list("user_id", "half_stars")) == {eve.pk: 9, ann.pk: 7}
    assert (kept.rating_count, kept.half_star_sum) == (2, 16)


def test_a_list_keeps_its_order_and_the_first_of_two_places(
    kept: Movie, gone: Movie, eve: Any
) -> None:
    other = Movie.objects.create(title="Other")
    mine = MovieList.objects.create(user=eve, title="Mine")
    for place, (movie, note) in enumerate(((gone, "first"), (other, ""), (kept, "last"))):
        MovieListEntry.objects.create(list=mine, movie=movie, position=place, note=note)
    merge_films(kept, gone, editor_id=None)
    assert list(mine.entries.values_list("movie_id", "note")) == [
        (kept.pk, "first\nlast"),
        (other.pk, ""),
    ]


def test_a_day_in_the_diary_keeps_both_notes(kept: Movie, gone: Movie, eve: Any) -> None:
    day = date(2026, 1, 1)
    DiaryEntry.objects.create(user=eve, movie=kept, watched_on=day, half_stars=8, note="Once")
    DiaryEntry.objects.create(user=eve, movie=gone, watched_on=day, note="more")
    DiaryEntry.objects.create(user=eve, movie=gone, watched_on=date(2026, 1, 2))
    merge_films(kept, gone, editor_id=None)
    entries = DiaryEntry.objects.order_by("watched_on").values_list("half_stars", "note")
    assert list(entries) == [(8, "more\nOnce"), (None, "")]


def test_marks_are_there_once(kept: Movie, gone: Movie, eve: Any) -> None:
    for model in (WatchlistEntry, SeenMovie, HiddenMovie):
        for movie in (kept, gone):
            model.objects.create(user=eve, movie=movie)
    merge_films(kept, gone, editor_id=None)
    for model in (WatchlistEntry, SeenMovie, HiddenMovie):
        assert model.objects.get().movie_id == kept.pk


def test_a_film_that_was_rated_as_the_other_is_hidden_no_longer(
    kept: Movie, gone: Movie, eve: Any
) -> None:
    Rating.objects.create(user=eve, movie=gone, half_stars=9)
    HiddenMovie.objects.create(user=eve, movie=kept)
    merge_films(kept, gone, editor_id=None)
    assert not HiddenMovie.objects.exists()


def test_what_one_lacks_the_other_gives_and_says_from_where(kept: Movie, gone: Movie) -> None:
    gone.genres.add(Genre.objects.create(name="Crime", slug="crime"))
    record_origin([gone], ["runtime", "overview", "genres"], Origin.TMDB)
    merge_films(kept, gone, editor_id=None)
    kept.refresh_from_db()
    assert (kept.overview, kept.runtime) == ("Cops.", 170)
    assert [genre.slug for genre in kept.genres.all()] == ["crime"]
    origins = FieldProvenance.objects.filter(movie=kept).values_list("field", "origin")
    assert dict(origins) == {"runtime": "tmdb", "genres": "tmdb"}


def test_a_locked_field_stays_empty(kept: Movie, gone: Movie) -> None:
    gone.genres.add(Genre.objects.create(name="Crime", slug="crime"))
    record_origin([kept], ["runtime", "genres"], Origin.EDITOR, lock=True)
    merge_films(kept, gone, editor_id=None)
    kept.refresh_from_db()
    assert (kept.runtime, kept.genres.count()) == (None, 0)


def test_ids_are_completed_and_the_others_remembered(kept: Movie, gone: Movie) -> None:
    Link.objects.create(movie=kept, movielens_id=1)
    Link.objects.create(movie=gone, movielens_id=2, imdb_id="tt0113277", tmdb_id=949)
    merge_films(kept, gone, editor_id=None)
    link, alias = Link.objects.get(), FilmAlias.objects.get()
    assert (link.movie_id, link.movielens_id, link.imdb_id) == (kept.pk, 1, "tt0113277")
    assert (alias.movie_id, alias.former_id, alias.movielens_id) == (kept.pk, gone.pk, 2)


def test_an_unknown_table_that_points_at_films_stops_the_merge(kept: Movie, gone: Movie) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE later_table (movie_id bigint REFERENCES catalog_movie"
            " DEFERRABLE INITIALLY DEFERRED)"
        )
        cursor.execute("INSERT INTO later_table VALUES (%s)", [gone.pk])
    with pytest.raises(IntegrityError, match="later_table"):
        merge_films(kept, gone, editor_id=None)
    assert Movie.objects.filter(pk=gone.pk).exists()
    assert not FilmMerge.objects.exists()


def test_a_film_is_not_merged_with_itself_or_with_one_that_is_gone(kept: Movie) -> None:
    with pytest.raises(MergeError):
        merge_films(kept, kept, editor_id=None)
    with pytest.raises(MergeError):
        merge_films(kept, Movie(pk=kept.pk + 10**6), editor_id=None)


def test_thousands_of_ratings_take_no_more_statements_than_one(
    kept: Movie, gone: Movie, django_assert_max_num_queries: Any
) -> None:
    users = User.objects.bulk_create(
        User(username=f"rater{n}", imported=True, is_active=False) for n in range(2000)
    )
    for movie in (kept, gone):
        Rating.objects.bulk_create(
            Rating(user=user, movie=movie, half_stars=1 + n % 10) for n, user in enumerate(users)
        )
    with django_assert_max_num_queries(112):
        merge_films(kept, gone, editor_id=None)
    kept.refresh_from_db()
    assert kept.rating_count == 2000


def test_pages_and_models_are_told(
    kept: Movie,
    gone: Movie,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    told: list[str] = []

    def films(**_: object) -> None:
        told.append("films")

    def ratings(user_id: int | None, **_: object) -> None:
        told.append(f"ratings of {user_id}")

    films_changed.connect(films)
    ratings_changed.connect(ratings)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            merge_films(kept, gone, editor_id=None)
    finally:
        films_changed.disconnect(films)
        ratings_changed.disconnect(ratings)
    assert told == ["films", "ratings of None"]


def test_a_rule_may_forget_the_rows_of_the_film_that_goes(
    kept: Movie, gone: Movie, eve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for movie in (kept, gone):
        WatchlistEntry.objects.create(user=eve, movie=movie)
    rule = Rule(forget=True, key=("user_id",))
    monkeypatch.setitem(RULES, "catalog.WatchlistEntry", rule)
    rows = list(WatchlistEntry.objects.order_by("pk").values())
    merge = merge_films(kept, gone, editor_id=None)
    assert list(WatchlistEntry.objects.values()) == rows[:1]
    undo_merge(merge)
    assert list(WatchlistEntry.objects.order_by("pk").values()) == rows

"""Merge, then undo: every row of every table is as it was."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import (
    Collection,
    DiaryEntry,
    FilmAlias,
    FilmMerge,
    Genre,
    HiddenMovie,
    ImportRow,
    Link,
    MemberImport,
    MergedRow,
    Movie,
    MovieList,
    MovieListEntry,
    Origin,
    Rating,
    SeenMovie,
    WatchlistEntry,
)
from catalog.services.film_merge import MergeError, forget_old_merges, merge_films, undo_merge
from catalog.services.provenance import record_origin
from catalog.services.ratings import rate, unrate

User = get_user_model()
pytestmark = pytest.mark.django_db
Snapshot = Callable[[], dict[str, Any]]

FILMS = 3  # the one that stays, the one that goes, and one beside them
START = datetime(2020, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)

some = st.booleans()
film = st.integers(0, FILMS - 1)
half_stars = st.integers(1, 10)
hours = st.integers(0, 50)
members = st.integers(0, 2)
notes = st.sampled_from(["", "a", "Good.", "x" * 1999])
orders = st.permutations(range(FILMS))
suggested = st.lists(film, max_size=3)
of_member = st.tuples(members, film)


def at(hour: int) -> datetime:
    return START + timedelta(hours=hour)


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "ratings": draw(st.dictionaries(of_member, st.tuples(half_stars, hours), max_size=8)),
        "watchlist": draw(st.dictionaries(of_member, hours, max_size=6)),
        "hidden": draw(st.dictionaries(of_member, hours, max_size=6)),
        "seen": draw(st.dictionaries(of_member, st.none() | hours, max_size=6)),
        "diary": draw(
            st.dictionaries(
                st.tuples(members, film, st.integers(1, 2)),
                st.tuples(
                    st.none() | half_stars, some, st.sampled_from(["", "a", "Good.", "x" * 1999])
                ),
                max_size=8,
            )
        ),
        "lists": draw(
            st.lists(
                st.tuples(members, st.permutations(range(FILMS)), st.integers(0, FILMS)), max_size=3
            )
        ),
        "notes": draw(st.sampled_from(["", "one", "z" * 500])),
        "rows": draw(st.lists(st.tuples(members, st.none() | film, suggested), max_size=4)),
        "links": draw(st.lists(st.tuples(some, some, some, some), min_size=FILMS, max_size=FILMS)),
        "linked": draw(st.lists(some, min_size=FILMS, max_size=FILMS)),
        "genres": draw(st.lists(st.sets(st.integers(0, 2)), min_size=FILMS, max_size=FILMS)),
        "facts": draw(
            st.lists(
                st.fixed_dictionaries(
                    {},
                    optional={
                        "overview": st.sampled_from(["", "An overview."]),
                        "original_title": st.sampled_from(["", "Città"]),
                        "year": st.sampled_from([None, 1999]),
                        "runtime": st.sampled_from([None, 0, 90]),
                        "popularity": st.sampled_from([None, 0.1, 1 / 3]),
                        "adult": st.sampled_from([None, False]),
                        "release_date": st.sampled_from([None, date(1999, 5, 6)]),
                    },
                ),
                min_size=FILMS,
                max_size=FILMS,
            )
        ),
        "collection": draw(st.none() | film),
        "origins": draw(
            st.sets(
                st.tuples(film, st.sampled_from(["overview", "genres", "year", "links"]), some),
                max_size=5,
            )
        ),
        "former": draw(st.lists(film, max_size=2)),
    }


def build(world: dict[str, Any]) -> list[Movie]:
    films = [Movie.objects.create(title=f"Film {n}", **world["facts"][n]) for n in range(FILMS)]
    users = [User.objects.create(username=f"member{n}") for n in range(3)]
    genres = [Genre.objects.create(name=f"Genre {n}", slug=f"genre-{n}") for n in range(3)]
    if world["collection"] is not None:
        chosen = films[world["collection"]]
        chosen.collection = Collection.objects.create(tmdb_id=1, name="Series")
        chosen.save()
    for n, (movielens, old, imdb, tmdb) in enumerate(world["links"]):
        films[n].genres.set(genres[place] for place in world["genres"][n])
        if world["linked"][n]:
            Link.objects.create(
                movie=films[n],
                movielens_id=n + 1 if movielens else None,
                ml_100k_id=n + 7 if old else None,
                imdb_id=f"tt000000{n}" if imdb else None,
                tmdb_id=5 if tmdb else None,
            )
    for place, which in enumerate(world["former"]):
        FilmAlias.objects.create(movie=films[which], former_id=10**12 + place)
    for which, name, locked in sorted(world["origins"]):
        record_origin([films[which]], [name], Origin.EDITOR, lock=locked)
    _personal(world, films, users)
    return films


def _personal(world: dict[str, Any], films: list[Movie], users: list[Any]) -> None:
    for (who, what), (stars, hour) in world["ratings"].items():
        Rating.objects.create(
            user=users[who], movie=films[what], half_stars=stars, rated_at=at(hour)
        )
    for (who, what), hour in world["watchlist"].items():
        entry = WatchlistEntry.objects.create(user=users[who], movie=films[what])
        WatchlistEntry.objects.filter(pk=entry.pk).update(added_at=at(hour))
    for (who, what), hour in world["hidden"].items():
        hidden = HiddenMovie.objects.create(user=users[who], movie=films[what])
        HiddenMovie.objects.filter(pk=hidden.pk).update(hidden_at=at(hour))
    for (who, what), hour in world["seen"].items():
        day = None if hour is None else at(hour).date()
        SeenMovie.objects.create(user=users[who], movie=films[what], watched_on=day)
    for (who, what, day), (stars, rewatch, note) in world["diary"].items():
        DiaryEntry.objects.create(
            user=users[who],
            movie=films[what],
            watched_on=date(2020, 1, day),
            half_stars=stars,
            rewatch=rewatch,
            note=note,
        )
    for who, order, length in world["lists"]:
        one = MovieList.objects.create(user=users[who], title="Mine")
        for place, what in enumerate(order[:length]):
            MovieListEntry.objects.create(
                list=one, movie=films[what], position=2 * place, note=world["notes"]
            )
    for place, (who, matched, suggested) in enumerate(world["rows"]):
        job = MemberImport.objects.create(
            user=users[who], source="imdb", file_name="r.csv", state="preview"
        )
        ImportRow.objects.create(
            member_import=job,
            position=place,
            file="r.csv",
            line=1,
            kind="seen",
            movie=None if matched is None else films[matched],
            suggestions=[films[n].pk for n in dict.fromkeys(suggested)],
        )


def aggregates_agree() -> None:
    for movie in Movie.objects.all():
        given = list(movie.ratings.values_list("half_stars", flat=True))
        assert (movie.rating_count, movie.half_star_sum) == (len(given), sum(given))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(world=worlds())
def test_merge_then_undo_restores_every_row_of_every_table(
    world: dict[str, Any], snapshot: Snapshot
) -> None:
    with transaction.atomic():
        kept, gone, _other = build(world)
        before = snapshot()
        merge = merge_films(kept, gone, editor_id=None)
        assert not Movie.objects.filter(pk=gone.pk).exists()
        aggregates_agree()
        assert undo_merge(merge) == 0
        assert snapshot() == before
        assert not MergedRow.objects.exists()
        transaction.set_rollback(True)


@pytest.fixture
def pair() -> tuple[Movie, Movie]:
    return Movie.objects.create(title="Heat", year=1995), Movie.objects.create(
        title="Heat", year=1995
    )


@pytest.fixture
def eve() -> Any:
    return User.objects.create(username="eve")


def test_what_a_member_changed_since_stays_changed(pair: tuple[Movie, Movie], eve: Any) -> None:
    kept, gone = pair
    rate(user_id=eve.pk, movie=gone, half_stars=4)
    merge = merge_films(kept, gone, editor_id=None)
    rate(user_id=eve.pk, movie=kept, half_stars=9)
    undo_merge(merge)
    assert list(Rating.objects.values_list("movie_id", "half_stars")) == [(gone.pk, 9)]


def test_what_a_member_removed_since_stays_removed(pair: tuple[Movie, Movie], eve: Any) -> None:
    kept, gone = pair
    rate(user_id=eve.pk, movie=gone, half_stars=4)
    merge = merge_films(kept, gone, editor_id=None)
    unrate(user_id=eve.pk, movie=kept)
    undo_merge(merge)
    assert not Rating.objects.exists()


def test_what_was_added_since_stays_with_the_film_that_stayed(
    pair: tuple[Movie, Movie], eve: Any
) -> None:
    kept, gone = pair
    merge = merge_films(kept, gone, editor_id=None)
    rate(user_id=eve.pk, movie=kept, half_stars=7)
    undo_merge(merge)
    assert list(Rating.objects.values_list("movie_id", flat=True)) == [kept.pk]
    aggregates_agree()


def test_nothing_of_a_deleted_account_comes_back(pair: tuple[Movie, Movie], eve: Any) -> None:
    kept, gone = pair
    for movie, stars in ((kept, 3), (gone, 8)):
        rate(user_id=eve.pk, movie=movie, half_stars=stars)
    merge = merge_films(kept, gone, editor_id=None)
    eve.delete()
    assert not MergedRow.objects.filter(table="catalog_rating").exists()
    assert undo_merge(merge) == 0
    assert not Rating.objects.exists()


def test_a_list_that_was_moved_about_takes_its_film_back_at_the_end(
    pair: tuple[Movie, Movie], eve: Any
) -> None:
    kept, gone = pair
    other = Movie.objects.create(title="Other")
    mine = MovieList.objects.create(user=eve, title="Mine")
    for place, movie in enumerate((kept, gone)):
        MovieListEntry.objects.create(list=mine, movie=movie, position=place)
    merge = merge_films(kept, gone, editor_id=None)
    MovieListEntry.objects.create(list=mine, movie=other, position=1)
    undo_merge(merge)
    assert list(mine.entries.values_list("movie_id", flat=True)) == [kept.pk, other.pk, gone.pk]


def test_a_merge_can_be_undone_for_thirty_days_and_no_longer(pair: tuple[Movie, Movie]) -> None:
    merge = merge_films(*pair, editor_id=None)
    month = timedelta(days=30)
    FilmMerge.objects.update(merged_at=timezone.now() - month)
    merge.refresh_from_db()
    with pytest.raises(MergeError, match="30 days"):
        undo_merge(merge)
    FilmMerge.objects.update(merged_at=timezone.now() - month + timedelta(minutes=1))
    assert forget_old_merges() == 0
    merge.refresh_from_db()
    undo_merge(merge)
    with pytest.raises(MergeError, match="undone already"):
        undo_merge(merge)


def test_rows_of_old_merges_are_forgotten(pair: tuple[Movie, Movie]) -> None:
    merge_films(*pair, editor_id=None)
    FilmMerge.objects.update(merged_at=timezone.now() - timedelta(days=31))
    assert forget_old_merges() > 0
    assert not MergedRow.objects.exists()
    assert FilmMerge.objects.count() == 1


def test_later_merges_are_undone_first(pair: tuple[Movie, Movie], snapshot: Snapshot) -> None:
    one, two = pair
    three = Movie.objects.create(title="Heat", year=1995)
    before = snapshot()
    first = merge_films(one, two, editor_id=None)
    second = merge_films(three, one, editor_id=None)
    assert FilmAlias.objects.get(former_id=two.pk).movie_id == three.pk
    with pytest.raises(MergeError, match="later merge"):
        undo_merge(first)
    undo_merge(second)
    undo_merge(first)
    assert snapshot() == before

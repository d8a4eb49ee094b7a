"""Ratings as arrays: order, fingerprint, one moment, and no ORM objects."""

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.utils import timezone

from catalog.models import Genre, Movie, Rating
from catalog.services.diary import Viewing, write
from catalog.services.ratings import rate
from catalog.services.seen import mark_seen
from recommender.data import snapshot as module
from recommender.data.postgres_copy import copy_columns, smaller
from recommender.data.snapshot import take_snapshot
from recommender.gate.holdout import held_out, holdout_position
from tests.recommender.world import World


def test_it_reads_every_rating_in_a_stable_order(rated_world: World) -> None:
    same_moment = datetime(2020, 1, 1, tzinfo=UTC)
    Rating.objects.filter(user__username="rater3").update(rated_at=same_moment)

    snapshot = take_snapshot()

    expected = list(
        Rating.objects.order_by("user_id", "rated_at", "pk").values_list(
            "user_id", "movie_id", "half_stars", "rated_at"
        )
    )
    assert snapshot.user_ids.tolist() == [row[0] for row in expected]
    assert snapshot.movie_ids.tolist() == [row[1] for row in expected]
    assert snapshot.stars.tolist() == [row[2] / 2 for row in expected]
    assert snapshot.rated_at.tolist() == [int(row[3].timestamp()) for row in expected]
    assert snapshot.item_movie_ids.tolist() == [
        0,
        *Movie.objects.order_by("pk").values_list("pk", flat=True),
    ]


def test_thirteen_bytes_of_a_rating_are_kept(rated_world: World) -> None:
    snapshot = take_snapshot()
    columns = (snapshot.user_ids, snapshot.movie_ids, snapshot.half_stars, snapshot.rated_at)
    assert sum(column.itemsize for column in columns) == 13
    assert snapshot.stars.dtype == np.float32


def test_times_and_keys_that_need_more_bytes_get_them(rated_world: World) -> None:
    rating = Rating.objects.order_by("pk")[7]
    for moment in (datetime(1955, 3, 4, 5, tzinfo=UTC), datetime(2040, 1, 1, 0, 0, 1, 5, UTC)):
        Rating.objects.filter(pk=rating.pk).update(rated_at=moment)
        snapshot = take_snapshot()
        assert int(moment.timestamp()) in snapshot.rated_at.tolist()
    query = "SELECT a::int8 FROM (VALUES (1), (2::int8 ^ 40)) AS made (a)"
    column = copy_columns(query, {"a": np.int64}, keep={"a": smaller(np.int32)})["a"]
    assert column.tolist() == [1, 2**40]


def test_the_fingerprint_changes_with_any_rating(rated_world: World) -> None:
    first = take_snapshot().fingerprint
    assert first == take_snapshot().fingerprint
    assert first.rating_count == Rating.objects.count()
    assert first.watermark == Rating.objects.latest("updated_at").updated_at

    rating = Rating.objects.order_by("pk")[7]
    rating.half_stars = 11 - rating.half_stars
    rating.save()
    second = take_snapshot().fingerprint
    assert (second.rating_count, second.watermark) == (first.rating_count, first.watermark)
    assert second.data_hash != first.data_hash


def test_interactions_have_dense_ids_and_features(rated_world: World) -> None:
    unrated = Movie.objects.create(title="Nobody saw it", year=1999, original_language="en")
    unrated.genres.set(Genre.objects.filter(name="Drama"))
    snapshot = take_snapshot()
    rows = snapshot.user_ids % 2 == 0
    interactions = snapshot.interactions(rows)
    assert interactions.num_users == len(np.unique(snapshot.user_ids[rows]))
    assert interactions.num_items == Movie.objects.count() + 1
    assert interactions.item_ids.min() > 0
    assert interactions.item_features is not None
    assert interactions.item_features[0].nnz == 0
    assert interactions.item_features[-1].nnz == 3  # genre, decade, language


def test_an_empty_database(transactional_db: None) -> None:
    snapshot = take_snapshot()
    assert len(snapshot) == 0
    assert snapshot.fingerprint.watermark is None
    assert snapshot.item_movie_ids.tolist() == [0]


def test_what_is_written_meanwhile_is_not_seen(rated_world: World) -> None:
    """One moment: a film and its rating that come in between two reads are both left out."""
    original = module.read_movie_features

    def write_meanwhile(**options: bool) -> Any:
        def write() -> None:
            late = Movie.objects.create(title="Too late")
            rater = Rating.objects.first()
            assert rater is not None
            Rating.objects.create(user_id=rater.user_id, movie=late, half_stars=9)
            connection.close()

        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
        return original(**options)

    before = Rating.objects.count()
    module.read_movie_features = write_meanwhile
    try:
        snapshot = take_snapshot()
    finally:
        module.read_movie_features = original
    assert len(snapshot) == before
    assert Rating.objects.count() == before + 1


def test_an_exception_while_rows_come_in_ends_the_snapshot(rated_world: World) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take_snapshot(check=stop)
    assert Rating.objects.exists()  # the connection is usable again


def test_columns_that_do_not_fit_are_an_error(db: None) -> None:
    with pytest.raises(ValueError, match="columns"):
        copy_columns("SELECT 1::int8, 2::int8 FROM generate_series(1, 5)", {"a": np.int64})
    with pytest.raises(ValueError, match="columns"):
        copy_columns("SELECT 1::int4 FROM generate_series(1, 5)", {"a": np.int64})


def test_held_out_ratings_are_the_same_everywhere_and_nested() -> None:
    random = np.random.default_rng(0)
    users, movies = random.integers(1, 10**6, (2, 200_000))
    position = holdout_position(users, movies)
    assert position.min() >= 0
    assert position.max() < 100
    for percent in (1.0, 5.0, 20.0):
        assert held_out(users, movies, percent).mean() * 100 == pytest.approx(percent, rel=0.05)
    assert (held_out(users, movies, 5) <= held_out(users, movies, 6)).all()
    # Written down, so that a changed hash, which would leak into old versions, fails here.
    assert holdout_position(np.array([1, 7]), np.array([2, 31])).round(6).tolist() == [
        59.118973,
        39.37433,
    ]


def test_recent_times_keep_their_microseconds(rated_world: World) -> None:
    moment = timezone.now() + timedelta(microseconds=1)
    Rating.objects.filter(pk=Rating.objects.latest("pk").pk).update(updated_at=moment)
    assert take_snapshot().fingerprint.watermark == moment


def test_what_was_only_seen_was_watched_too_but_has_no_stars(rated_world: World) -> None:
    ada = rated_world.member("seer")
    rate(user_id=ada.pk, movie=rated_world.movies[0], half_stars=8)
    mark_seen(user_id=ada.pk, movie=rated_world.movies[0], watched_on=date(2019, 5, 1))
    mark_seen(user_id=ada.pk, movie=rated_world.movies[1], watched_on=date(2020, 5, 1))
    write(user_id=ada.pk, movie=rated_world.movies[2], viewing=Viewing(date(2021, 5, 1)))
    snapshot = take_snapshot()
    rated = snapshot.interactions()
    watched = snapshot.watched()
    assert len(watched) == len(rated) + 2
    assert watched.ratings is None
    own = snapshot.user_ids == ada.pk
    kept_back = snapshot.watched(~own)
    items = kept_back.item_ids[kept_back.user_ids == kept_back.user_ids.max()]
    seen = [rated_world.movies[place].pk for place in (1, 2)]
    assert snapshot.item_movie_ids[items].tolist() == seen, "in order of time, without the rated"
    company = snapshot.rated_and_seen(~own)
    assert company.weights is not None
    alone = company.weights == 0
    assert snapshot.item_movie_ids[company.item_ids[alone]].tolist() == seen
    assert len(company) == int((~own).sum()) + 2

"""Films that came after the training: placed by their genres, without another one."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import AbstractUser
from django.utils import timezone

from catalog.models import Genre, Movie, Origin, Rating
from catalog.services.add_film import add_film
from catalog.services.provenance import record_origin
from recommender.data.histories import history_of
from recommender.data.movie_features import read_movie_features
from recommender.learning.arrays import IntArray
from recommender.pages.home import draft_rows, home_rows
from recommender.serving.explanations import reasons
from recommender.serving.likeness import most_alike
from recommender.serving.live import live_state
from recommender.serving.live_catalog import live_catalog
from recommender.serving.member import recommender_for
from recommender.serving.model_scores import ModelScores
from tests.recommender.world import World, publish_with_content
from tests.stand_in_tmdb import StandInTmdb, bare, tmdb

__all__ = ["tmdb"]


@pytest.fixture
def fan(world: World) -> AbstractUser:
    """Who loves dramas and dislikes comedies; the models learned from films of last year."""
    Movie.objects.update(created_at=timezone.now() - timedelta(days=365))
    publish_with_content(world)
    return world.fan_of_even(12)


def add(title: str, genre: str, **fields: Any) -> Movie:
    movie = Movie.objects.create(title=title, original_language="en", **fields)
    movie.genres.set(Genre.objects.filter(name=genre))
    return movie


def rows_of(*movies: Movie) -> IntArray:
    return live_state().catalog.rows_of(np.array([movie.pk for movie in movies]))


def test_a_film_added_today_has_stars_and_a_chance_by_its_content(fan: AbstractUser) -> None:
    drama, comedy = add("A new drama", "Drama"), add("A new comedy", "Comedy")
    scores = ModelScores(history_of(fan.pk))
    rows = rows_of(drama, comedy)
    assert scores.stars is not None
    assert scores.log_chances is not None
    liked, disliked = scores.stars[rows]
    assert liked > scores.mean_stars + 1 > disliked + 1
    assert scores.is_uncertain(rows) == [True, True]
    uncertain = scores.uncertainty(rows)
    assert (uncertain > scores.uncertainty(np.arange(30, 32))).all()
    assert np.isfinite(uncertain).all()
    assert scores.log_chances[rows[0]] == pytest.approx(scores.log_chances[rows[1]] + 2)
    assert scores.log_chances[rows[0]] > scores.log_chances.min() + 1, "no longer the last of all"


def test_it_is_recommended_with_reasons_and_stands_in_a_row_of_its_own(
    fan: AbstractUser,
) -> None:
    dramas = [add(f"New drama {number}", "Drama") for number in range(30)]
    comedies = [add(f"New comedy {number}", "Comedy") for number in range(4)]
    person = recommender_for(fan.pk)
    (row,) = [row for row in draft_rows(person) if row.key == "new-films"]
    assert set(row.draft.movie_ids) <= {movie.pk for movie in dramas}
    assert {card.is_uncertain for card in home_rows(person)[2].cards} == {True}
    picks = person.top_picks(100)
    told = dict(zip(picks.rows.tolist(), reasons(person.scores, picks), strict=True))
    assert all(told[row] for row in rows_of(*dramas).tolist())
    assert set(rows_of(*comedies).tolist()) <= set(told)


def test_it_is_alike_to_films_of_its_kind(fan: AbstractUser) -> None:
    drama = add("A new drama", "Drama", year=1980)
    state = live_state()
    (row,) = rows_of(drama)
    rows, _ = most_alike(state, row, 10, np.ones(len(state.catalog), bool))
    genres = {Movie.objects.get(pk=state.catalog.movie_ids[one]).genres.get().name for one in rows}
    assert genres == {"Drama"}


def test_a_film_that_nobody_rated_is_placed_anew_when_its_genres_change(
    world: World, fan: AbstractUser
) -> None:
    counts = np.array([0, *[20] * 58, 0, 0])
    publish_with_content(world, counts)
    unrated, other = world.movies[-2:]
    before = ModelScores(history_of(fan.pk)).stars
    assert before is not None
    assert live_state().placed_films is None, "nothing has changed since the training"
    other.genres.set(Genre.objects.filter(name="Drama"))
    live_catalog.forget()
    placed = live_state().placed_films
    assert placed is not None
    assert placed.rows.tolist() == rows_of(other).tolist()
    after = ModelScores(history_of(fan.pk)).stars
    assert after is not None
    assert after[rows_of(other)] > before[rows_of(other)] + 1
    assert after[rows_of(unrated)] == before[rows_of(unrated)]


def test_a_film_rated_since_has_at_least_the_share_of_its_ratings(
    world: World, fan: AbstractUser
) -> None:
    comedy = add("A new comedy", "Comedy")
    for number in range(40):
        Rating.objects.create(user=world.member(f"rater{number}"), movie=comedy, half_stars=8)
    shares = live_state().new_film_shares
    assert shares is not None
    total = live_state().catalog.rating_count.sum()
    assert shares.log_shares[rows_of(comedy)] == pytest.approx(np.log(40 / total))


def test_what_tmdb_says_places_a_film_and_enters_no_fit(fan: AbstractUser) -> None:
    drama = add("A new drama", "Drama")
    record_origin([drama], ["genres", "original_language"], Origin.TMDB)
    learned = read_movie_features(for_fit=True)
    assert drama.pk not in learned.movie_ids
    assert drama.pk in read_movie_features(for_fit=False).movie_ids
    scores = ModelScores(history_of(fan.pk))
    assert scores.stars is not None
    assert scores.stars[rows_of(drama)] > scores.mean_stars + 1


def test_versions_that_learned_no_content_say_nothing(world: World) -> None:
    world.publish()
    fan = world.fan_of_even()
    drama = add("A new drama", "Drama")
    state = live_state()
    assert state.placed_films is None
    assert state.new_film_shares is None
    assert ModelScores(history_of(fan.pk)).predictions(rows_of(drama)) == [None]


def test_a_film_from_tmdb_is_foreseen_as_soon_as_it_is_here(
    fan: AbstractUser, tmdb: StandInTmdb, settings: Any
) -> None:
    told = bare(7, "A drama of today", release_date=str(timezone.localdate() - timedelta(days=9)))
    tmdb.add({**told, "genres": [{"id": 18, "name": "Drama"}]})
    drama = add_film(tmdb_id=7).movie
    live_catalog.forget()
    assert drama.pk not in read_movie_features(for_fit=True).movie_ids
    person = recommender_for(fan.pk)
    assert person.scores.stars is not None
    assert person.scores.stars[rows_of(drama)] > person.scores.mean_stars + 1
    assert live_state().catalog.is_new[rows_of(drama)].all()

"""Likeness of films: by who watched both where enough did, else by what they are."""

import numpy as np

from catalog.models import Collection, Movie
from catalog.services.credits import set_credits, set_keywords
from catalog.tmdb.records import CreditRecord, KeywordRecord
from recommender.serving.likeness import likeness, most_alike
from recommender.serving.live import LiveState, live_state
from recommender.serving.live_catalog import live_catalog
from tests.recommender.world import World


def state_after(world: World) -> LiveState:
    world.publish("factorization")
    live_catalog.forget()
    return live_state()


def test_the_audience_decides_where_it_is_large(world: World) -> None:
    Movie.objects.update(rating_count=500, half_star_sum=3500)
    live = state_after(world)
    rows, scores = most_alike(live, 0, 10, np.ones(len(live.catalog), bool))
    assert set(live.catalog.movie_ids[rows]) <= set(world.even)
    assert (np.diff(scores) <= 0).all()
    assert 0 not in rows


def test_a_film_that_one_person_rated_is_not_alike_by_chance(world: World) -> None:
    Movie.objects.update(rating_count=500, half_star_sum=3500)
    rare = world.movies[2]
    Movie.objects.filter(pk=rare.pk).update(rating_count=1, half_star_sum=10)
    live = state_after(world)
    scores = likeness(live, 0)
    others = list(range(4, 20, 2))
    assert scores[2] < scores[others].min()


def test_a_sequel_comes_first(world: World) -> None:
    Movie.objects.update(rating_count=500, half_star_sum=3500)
    saga = Collection.objects.create(tmdb_id=1, name="Saga")
    for movie in (world.movies[0], world.movies[40], world.movies[51]):
        Movie.objects.filter(pk=movie.pk).update(collection=saga)
    Movie.objects.filter(pk__in=world.odd).update(rating_count=0, half_star_sum=0)
    live = state_after(world)
    rows, _ = most_alike(live, 0, 1, np.ones(len(live.catalog), bool))
    assert rows.tolist() == [40]
    unrated = live.catalog.rating_count == 0
    rows, _ = most_alike(live, 0, 1, unrated)
    assert rows.tolist() == [51], "of films that nobody has rated, too"


def test_films_of_one_director_and_theme_come_before_others_of_the_genre(world: World) -> None:
    kubrick = CreditRecord(240, "Stanley Kubrick", "", "crew", "Director", "", 0)
    for place in (30, 50):
        set_credits(world.movies[place], [kubrick])
        set_keywords(world.movies[place], [KeywordRecord(1, "space"), KeywordRecord(2, "ape")])
    live = live_state()
    rows, _ = most_alike(live, 30, 1, np.ones(len(live.catalog), bool))
    assert rows.tolist() == [50]


def test_without_a_model_films_are_alike_by_what_they_are(world: World) -> None:
    live = live_state()
    rows, _ = most_alike(live, 30, 4, np.ones(len(live.catalog), bool))
    assert set(rows) == {26, 28, 32, 34}, "of the same genre, and of the years around"

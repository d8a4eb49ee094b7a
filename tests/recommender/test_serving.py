"""When things are missing: each request is still answered, and well."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from django.test import Client

from catalog.models import Movie, Rating
from recommender.data.histories import history_from, history_of
from recommender.models import ModelVersion
from recommender.serving.explanations import reasons
from recommender.serving.live_catalog import live_catalog
from recommender.serving.member import recommender_for
from recommender.serving.recommender import Recommender
from tests.recommender.world import World, publish

API = "/api/v1/me/recommendations"


def damage(artifacts: Path, version: ModelVersion) -> None:
    """Change a byte in the middle, which only the checksum can tell."""
    file = artifacts / version.artifact / "model.safetensors"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.unlink()
    file.write_bytes(content)


def logged_in(world: World) -> Client:
    client = Client()
    client.force_login(world.fan_of_even())
    return client


def test_without_a_live_model_popular_films_are_shown(world: World) -> None:
    answer = logged_in(world).get(API).json()
    assert answer["version"] == "popularity"
    assert answer["count"] == 20
    assert answer["items"][0]["predicted_rating"] is None
    assert answer["items"][0]["reasons"] == []


def test_one_kind_alone_serves_both_lists(world: World) -> None:
    client = logged_in(world)
    (version,) = world.publish("factorization")
    assert client.get(API).json()["version"] == f"factorization/{version.pk}"
    next_ = client.get("/api/v1/me/watch-next").json()
    assert next_["version"] == f"factorization/{version.pk}"
    assert {item["movie"]["id"] for item in next_["items"]} <= set(world.even)


def test_the_sequence_model_alone_serves_both_lists(world: World) -> None:
    client = logged_in(world)
    (version,) = world.publish("sequence")
    for address in (API, "/api/v1/me/watch-next"):
        answer = client.get(address).json()
        assert answer["version"] == f"sequence/{version.pk}"
        assert answer["items"][0]["predicted_rating"] is None


def test_a_damaged_artifact_gives_way_to_the_version_before(world: World, artifacts: Path) -> None:
    client = logged_in(world)
    old, _ = world.publish()
    new, sequence = world.publish()
    damage(artifacts, new)
    version = client.get(API).json()["version"]
    assert version == f"factorization/{old.pk}+sequence/{sequence.pk}"


def test_a_damaged_version_that_comes_later_leaves_the_one_in_use(
    world: World, artifacts: Path
) -> None:
    client = logged_in(world)
    world.publish()
    before = client.get(API).json()
    new = publish("factorization", [movie.pk for movie in world.movies])
    damage(artifacts, new)
    assert client.get(API).json() == before


def test_with_every_artifact_gone_popular_films_are_shown(world: World, artifacts: Path) -> None:
    client = logged_in(world)
    world.publish()
    world.publish()
    shutil.rmtree(artifacts)
    answer = client.get(API)
    assert answer.status_code == 200
    assert answer.json()["version"] == "popularity"


def test_a_request_under_way_keeps_its_version(world: World, artifacts: Path) -> None:
    old, _ = world.publish()
    person = recommender_for(world.fan_of_even().pk)
    assert person.live.factorization is not None
    new, _ = world.publish()
    shutil.rmtree(artifacts / old.artifact)
    fresh = Recommender(person.history)
    assert fresh.live.factorization is not None
    assert fresh.live.factorization.version.pk == new.pk
    ranking = person.top_picks(5)
    assert f"factorization/{old.pk}" in ranking.version
    assert len(ranking) == 5


def test_a_film_of_the_model_that_was_deleted_is_not_shown(world: World) -> None:
    client = logged_in(world)
    world.publish()
    best = client.get(API).json()["items"][0]["movie"]["id"]
    Movie.objects.get(pk=best).delete()
    # Still in this process's arrays, as in the seconds after a deletion.
    soon = client.get(API)
    assert soon.status_code == 200
    assert best not in [item["movie"]["id"] for item in soon.json()["items"]]
    live_catalog.forget()
    later = client.get(API).json()
    assert later["count"] == 20
    assert best not in [item["movie"]["id"] for item in later["items"]]


def test_a_film_that_the_model_has_not_seen_can_be_rated_and_looked_at(world: World) -> None:
    client = logged_in(world)
    world.publish()
    new = Movie.objects.create(title="Tomorrow's film", year=2026)
    live_catalog.forget()
    assert client.get(f"/api/v1/movies/{new.pk}/similar").json()["count"] == 20
    put = client.put(f"/api/v1/me/ratings/{new.pk}", {"rating": 5}, content_type="application/json")
    assert put.status_code == 200
    answer = client.get(API).json()
    assert answer["count"] == 20
    assert new.pk not in [item["movie"]["id"] for item in answer["items"]]


@pytest.mark.parametrize("length", [1, 55])
def test_histories_of_any_length_are_served(world: World, length: int) -> None:
    world.publish()
    person = recommender_for(world.fan_of_even(length).pk)
    assert len(person.top_picks(3)) == 3
    assert len(person.watch_next(3)) == 3


@pytest.mark.parametrize("known", [True, False])
def test_a_history_of_a_thousand_films_is_served(world: World, known: bool) -> None:
    ada = world.member()
    others = Movie.objects.bulk_create(
        Movie(title=f"Other {number}", search_title=f"other {number}") for number in range(1000)
    )
    if known:
        World([*world.movies, *others], world.genres).publish()
    else:
        world.publish()
    Rating.objects.bulk_create(
        Rating(user=ada, movie=movie, half_stars=7) for movie in [*others, *world.movies[:10]]
    )
    person = recommender_for(ada.pk)
    assert len(person.history) == 1010
    picks = person.top_picks(5)
    assert len(picks) == 5
    assert np.isfinite(picks.scores).all()
    assert all(reasons(person.scores, picks)), (
        "each pick has films of the history that speak for it"
    )
    anonymous = Recommender(history_from(movie.pk for movie in others + world.movies[:10]))
    assert len(anonymous.watch_next(5)) == 5


def test_a_history_of_unknown_films_alone_gives_popular_films(world: World) -> None:
    world.publish()
    unknown = Movie.objects.create(title="Unknown to the model")
    ada = world.member()
    Rating.objects.create(user=ada, movie=unknown, half_stars=10)
    for history in (history_of(ada.pk), history_from([unknown.pk]), history_from([2**60])):
        ranking = Recommender(history).watch_next(5)
        assert len(ranking) == 5
        assert ranking.version == "popularity"
        assert Recommender(history).top_picks(5).version == "popularity"


def test_an_empty_catalog_gives_empty_lists(db: None) -> None:
    answer = Client().post(
        "/api/v1/watch-next", {"movies": [1, 2]}, content_type="application/json"
    )
    assert answer.status_code == 200
    assert answer.json() == {"items": [], "count": 0, "version": "popularity"}

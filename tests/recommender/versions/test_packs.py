"""Models that another site trained serve here, on films with other keys."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import connection
from numpy.typing import NDArray

from catalog.models import Dataset, Link, Movie, Rating
from recommender.data.histories import History
from recommender.learning.artifact import ARRAYS_FILE, read_artifact
from recommender.models import ModelVersion, RetrainingPolicy
from recommender.serving.live_catalog import live_catalog
from recommender.serving.recommender import Recommender
from recommender.versions.packs import PackError, install_pack, pack_versions
from recommender.versions.publish import publish
from tests.recommender.rated_world import add_ratings
from tests.recommender.training.test_pipeline import run_here
from tests.recommender.world import World, build_world

LIKED, DISLIKED = (1, 3, 5), (2, 4)  # MovieLens ids


@pytest.fixture
def pack(world: World, tmp_path: Path) -> Path:
    """Of both kinds, from a site with sixty films."""
    Dataset.objects.create(slug="ml", title="MovieLens", licence="for research")
    file = tmp_path / "starter.zip"
    pack_versions(world.publish(), file, licence="CC0")
    return file


def picks() -> list[int]:
    """MovieLens ids of what is recommended to who has these likes."""
    of_movielens = dict(Link.objects.values_list("movielens_id", "movie_id"))
    asked = [*LIKED, *DISLIKED]
    history = History(
        movie_ids=np.array([of_movielens[one] for one in asked]),
        stars=np.array([5.0] * len(LIKED) + [1.0] * len(DISLIKED), np.float32),
    )
    person = Recommender(history)
    movie_ids = person.live.catalog.movie_ids[person.top_picks(10).rows].tolist()
    names = {movie: one for one, movie in of_movielens.items()}
    return [names[movie] for movie in movie_ids]


def become_another_site(without: int = 0) -> None:
    """The same films come in another order, so with other keys, and no model is here."""
    films = list(Link.objects.order_by("-movielens_id").values("movielens_id", "movie__title"))
    ModelVersion.objects.all().delete()
    Movie.objects.all().delete()
    for film in films[without:]:
        movie = Movie.objects.create(title=film["movie__title"], rating_count=20, half_star_sum=140)
        Link.objects.create(movie=movie, movielens_id=film["movielens_id"])
    live_catalog.forget()


@pytest.mark.usefixtures("fresh_process")
def test_another_site_recommends_the_same_films(pack: Path) -> None:
    here = picks()
    become_another_site()
    versions = install_pack(pack)
    assert [version.kind for version in versions] == ["factorization", "sequence"]
    assert all(version.is_live for version in ModelVersion.objects.all())
    assert picks() == here


def test_films_that_are_not_here_are_left_out(pack: Path) -> None:
    become_another_site(without=10)
    versions = install_pack(pack)
    assert "50 of its films are here" in versions[0].reason
    assert set(picks()) <= set(range(1, 51))


def test_a_live_version_stays_unless_it_is_to_be_replaced(pack: Path) -> None:
    live = ModelVersion.objects.live("sequence")
    install_pack(pack)
    assert ModelVersion.objects.live("sequence") == live
    _, pulled = install_pack(pack, activate=True)
    assert ModelVersion.objects.live("sequence") == pulled
    assert live is not None
    live.refresh_from_db()
    publish(live, "back")


def test_a_pack_says_what_it_was_made_of_and_has_no_keys_of_this_site(pack: Path) -> None:
    with zipfile.ZipFile(pack) as opened:
        about = json.loads(opened.read("pack.json"))
        assert sorted(opened.namelist()) == [
            *("factorization/manifest.json", f"factorization/{ARRAYS_FILE}", "pack.json"),
            *("sequence/manifest.json", f"sequence/{ARRAYS_FILE}"),
        ]
        for kind in ("factorization", "sequence"):
            body = opened.read(f"{kind}/{ARRAYS_FILE}")
            assert b"item_movie_ids" not in body
            assert b"item_movielens_ids" in body
    assert about["licence"] == "CC0"
    assert about["data"] == [{"title": "MovieLens", "licence": "for research", "citation": ""}]


def test_a_site_without_these_films_refuses(pack: Path) -> None:
    ModelVersion.objects.all().delete()
    Movie.objects.all().delete()
    with pytest.raises(PackError, match="import a dataset first"):
        install_pack(pack)


@pytest.mark.parametrize("damaged", ["arrays", "about", "cut", "kind"])
def test_a_damaged_pack_leaves_nothing(pack: Path, artifacts: Path, damaged: str) -> None:
    with zipfile.ZipFile(pack) as opened:
        parts = {name: opened.read(name) for name in opened.namelist()}
    last = f"sequence/{ARRAYS_FILE}"
    if damaged == "arrays":
        parts[last] = parts[last][:-1] + b"x"
    elif damaged == "about":
        parts["pack.json"] = b"{}"
    elif damaged == "kind":
        parts["pack.json"] = parts["pack.json"].replace(b'"sequence"', b'"../../up"')
    with zipfile.ZipFile(pack, "w") as written:
        for name, body in parts.items():
            written.writestr(name, body)
    if damaged == "cut":
        pack.write_bytes(pack.read_bytes()[:-100])
    before = ModelVersion.objects.count(), sorted(artifacts.rglob("*"))
    with pytest.raises(PackError):
        install_pack(pack)
    assert (ModelVersion.objects.count(), sorted(artifacts.rglob("*"))) == before


# --- No member is in a pack: neither a row for each of them, nor a key, nor a name -------------

MEMBERS = 83  # of which nothing else in a model is a number
FIRST_KEY = 7_000_000
NAME = "unmistakable-person-"

Arrays = Mapping[str, NDArray[Any]]


def keys_in(arrays: Arrays, keys: NDArray[np.int64]) -> list[str]:
    """Arrays in which a member's key stands, as a number of any kind."""
    return [name for name, one in arrays.items() if np.isin(one.astype(np.float64), keys).any()]


def rows_for_each(arrays: Arrays) -> list[str]:
    """Arrays with as many rows or columns as there are members, with or without one for nobody."""
    sizes = {MEMBERS, MEMBERS + 1}
    return [name for name, one in arrays.items() if sizes & set(one.shape)]


@pytest.fixture
def keys(transactional_db: None, artifacts: Path) -> NDArray[np.int64]:
    """Of the members whose ratings both kinds learned from."""
    world = build_world()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT setval('accounts_user_id_seq', {FIRST_KEY})")
    add_ratings(world, users=MEMBERS, prefix=NAME)
    RetrainingPolicy(holdout_percent=10, gate_minimum_questions=50).save()
    for kind in ("factorization", "sequence"):
        run_here(kind)
    raters = Rating.objects.order_by("user_id").values_list("user_id", flat=True).distinct()
    return np.array(raters)


def test_what_a_pack_holds_is_of_films(keys: NDArray[np.int64], tmp_path: Path) -> None:
    """
    GIVEN models that were trained on the ratings of members with keys and a number of their own
    WHEN they are packed
    THEN no array and no text of the pack has to do with any of them
    """
    assert len(keys) == MEMBERS
    assert keys.min() > FIRST_KEY
    live = [ModelVersion.objects.live(kind) for kind in ("factorization", "sequence")]
    pack_versions([version for version in live if version], tmp_path / "starter.zip")
    with zipfile.ZipFile(tmp_path / "starter.zip") as pack:
        pack.extractall(tmp_path)
        told = b"".join(pack.read(name) for name in pack.namelist())
    for kind in ("factorization", "sequence"):
        arrays = read_artifact(tmp_path / kind).arrays
        assert len(arrays) > 3
        assert keys_in(arrays, keys) == []
        assert rows_for_each(arrays) == []
    assert NAME.encode() not in told
    assert not [key for key in keys.tolist() if str(key).encode() in told]


def test_a_member_in_an_array_would_be_found() -> None:
    keys = np.arange(FIRST_KEY, FIRST_KEY + MEMBERS)
    harmless = {"item_biases": np.zeros(61, np.float32), "counts": np.arange(300)}
    assert keys_in(harmless, keys) == rows_for_each(harmless) == []
    for kind in (np.int32, np.int64, np.float64):
        assert keys_in({"of": keys[:3].astype(kind).reshape(1, 3)}, keys) == ["of"]
    assert rows_for_each({"user_factors": np.zeros((MEMBERS, 8))}) == ["user_factors"]
    assert rows_for_each({"user_factors": np.zeros((8, MEMBERS + 1))}) == ["user_factors"]

"""The page of two versions side by side: for whom, and what it says."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from catalog.models import Sharing
from recommender.models import ModelVersion
from recommender.versions.artifacts import remove
from tests.recommender.world import World, publish

pytestmark = pytest.mark.usefixtures("plain_static")

PAGE = reverse("admin:recommender_modelversion_compare")


@pytest.fixture
def operator(world: World, client: Client) -> Client:
    user = get_user_model().objects.create_superuser("op", "op@example.org", "correct horse")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def pair(world: World) -> dict[str, int]:
    movie_ids = [movie.pk for movie in world.movies]
    before = publish("factorization", movie_ids[4:])
    return {"before": before.pk, "after": publish("factorization", movie_ids).pk}


def said(client: Client, **query: Any) -> str:
    return client.get(PAGE, query).content.decode()


def test_a_made_up_history_needs_nobodys_consent(
    operator: Client, world: World, pair: dict[str, int]
) -> None:
    liked = [movie.pk for movie in world.movies[4:8:2]]
    page = said(operator, **pair, liked=liked, disliked=[world.movies[5].pk])
    assert "Why it changed" in page
    assert "Film 00" in page, "which the version before does not know"
    assert "unknown" in page
    assert "Knows 3 of 3 films of the history." in page


def test_a_member_is_looked_at_only_with_consent(
    operator: Client, world: World, pair: dict[str, int]
) -> None:
    member = world.fan_of_even()
    refusals = [said(operator, **pair, member=name) for name in ("ada", "nobody")]
    for page, name in zip(refusals, ("ada", "nobody"), strict=True):
        assert f"There is no member “{name}” who lets operators look" in page
        assert "Why it changed" not in page
    Sharing.objects.create(user=member, shown_to_operators=True)
    assert "Why it changed" in said(operator, **pair, member="ada")
    type(member).objects.update(is_active=False)
    operator.force_login(
        get_user_model().objects.create_superuser("op2"),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    assert "Why it changed" not in said(operator, **pair, member="ada")


def test_what_makes_no_sense_is_said(operator: Client, world: World, pair: dict[str, int]) -> None:
    liked = [world.movies[0].pk]
    assert "one of the two" in said(operator, **pair)
    world.member("ada", shown_to_operators=True)
    assert "one of the two" in said(operator, **pair, liked=liked, member="ada")
    other = world.publish("sequence")[0].pk
    assert "of one kind" in said(operator, before=other, after=pair["after"], liked=liked)
    assert "Select a valid choice" in said(operator, before="x", after=pair["after"], liked=liked)
    assert "Select a valid choice" in said(operator, **pair, liked=[0])

    remove(ModelVersion.objects.get(pk=pair["before"]).artifact)
    assert "cannot be read" in said(operator, **pair, liked=liked)

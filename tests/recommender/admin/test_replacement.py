"""The question before a version goes live, where something about it cannot be known."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from recommender.models import ModelVersion
from tests.recommender.world import World, publish

pytestmark = pytest.mark.usefixtures("plain_static")


@pytest.fixture
def operator(world: World, client: Client) -> Client:
    user = get_user_model().objects.create_superuser("op", "op@example.org", "correct horse")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def question(client: Client, version: ModelVersion) -> str:
    address = reverse("admin:recommender_modelversion_publish", args=[version.pk])
    return client.get(address).content.decode()


def test_a_first_version_replaces_none(operator: Client, world: World) -> None:
    version = world.publish("sequence")[0]
    ModelVersion.objects.update(status="candidate")
    page = question(operator, version)
    assert "“Watch next”, and part of the order of top picks," in page
    assert "marked as turned down" not in page
    assert "See a list under both" not in page


def test_a_live_version_whose_files_are_gone_is_no_hindrance(
    operator: Client, world: World
) -> None:
    movie_ids = [movie.pk for movie in world.movies]
    version, _live = publish("sequence", movie_ids[2:]), publish("sequence", movie_ids)
    assert "2 films that the live version knows" in question(operator, version)
    ModelVersion.objects.filter(status="live").update(artifact="sequence/gone")
    page = question(operator, version)
    assert "that the live version knows" not in page
    assert f"Publish version {version.pk}" in page

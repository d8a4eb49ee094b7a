"""What visitors are shown of the models."""

import pytest
from django.test import Client

from catalog.models import Movie
from recommender.pages.proof import proofs
from tests.recommender.world import World

pytestmark = pytest.mark.usefixtures("plain_static")


def test_three_answers_that_the_models_give(world: World) -> None:
    world.publish()
    found = proofs()
    assert len(found) == 3
    shown = [movie.pk for one in found for movie in (*one.loved, *one.answers)]
    assert len(shown) == len(set(shown)), "no film stands twice"
    for one in found:
        assert len(one.loved) == 2
        even = [movie.pk in world.even for movie in one.loved]
        if even == [True, True]:
            assert {movie.pk in world.even for movie in one.answers} == {True}


def test_without_a_model_nothing_is_claimed(world: World) -> None:
    assert proofs() == []


def test_a_hidden_film_is_in_no_answer(world: World) -> None:
    world.publish()
    gone = proofs()[0].answers[0]
    Movie.objects.filter(pk=gone.pk).update(hidden=True)
    assert all(gone not in one.answers for one in proofs())


def test_visitors_see_them_and_members_do_not(world: World, client: Client) -> None:
    world.publish()
    shown = client.get("/").content.decode()
    assert "People who loved" in shown
    assert "What it never does" in shown
    client.force_login(world.fan_of_even())
    assert "What it never does" not in client.get("/").content.decode()

"""Lists that one comes upon: on a film's page, and on the page of others' lists."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.test import Client

from catalog.models import Block, Movie, MovieList, Sharing
from catalog.queries.lists import lists_of_others, lists_with
from catalog.services.lists import add_films, make_list

NOBODY = AnonymousUser()


@pytest.fixture
def public(ada: AbstractUser, amelie: Movie, films: list[Movie]) -> MovieList:
    Sharing.objects.create(user=ada, is_public=True)
    made = make_list(user_id=ada.pk, title="Paris", is_public=True)
    add_films(made, [amelie.pk, films[0].pk, films[1].pk])
    return made


def test_lists_of_public_members_and_ones_own(
    ada: AbstractUser, amelie: Movie, public: MovieList
) -> None:
    private = make_list(user_id=ada.pk, title="Mine")
    add_films(private, [amelie.pk])
    make_list(user_id=ada.pk, title="Empty", is_public=True)
    assert lists_with(amelie, NOBODY) == [public]
    assert set(lists_with(amelie, ada)) == {public, private}
    assert [films.size for films in lists_with(amelie, NOBODY)] == [3]
    assert list(lists_of_others(NOBODY)) == [public]
    assert list(lists_of_others(ada)) == []


def test_a_list_of_a_private_member_shows_by_its_address_alone(
    ada: AbstractUser, amelie: Movie, public: MovieList
) -> None:
    Sharing.objects.update(is_public=False)
    assert lists_with(amelie, NOBODY) == []
    assert list(lists_of_others(NOBODY)) == []
    assert lists_with(amelie, ada) == [public]


def test_not_of_who_blocks_the_reader_was_taken_down_or_is_gone(
    ada: AbstractUser, amelie: Movie, public: MovieList
) -> None:
    eve = get_user_model().objects.create_user("eve")
    assert lists_with(amelie, eve) == list(lists_of_others(eve)) == [public]
    Block.objects.create(blocker=ada, blocked=eve)
    assert lists_with(amelie, eve) == list(lists_of_others(eve)) == []
    MovieList.objects.update(taken_down=True)
    assert lists_with(amelie, NOBODY) == []
    MovieList.objects.update(taken_down=False)
    get_user_model().objects.filter(pk=ada.pk).update(is_active=False)
    assert lists_with(amelie, NOBODY) == []


@pytest.mark.usefixtures("plain_static")
def test_pages_lead_to_them(client: Client, amelie: Movie, public: MovieList) -> None:
    for page in (amelie.get_absolute_url(), "/lists/found/"):
        shown = client.get(page).content.decode()
        assert f'href="{public.get_absolute_url()}"' in shown, page
    assert 'href="/lists/found/"' in client.get("/").content.decode()

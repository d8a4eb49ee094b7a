"""Lists that a film's page names."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.test import Client

from catalog.models import Block, Movie, MovieList
from catalog.queries.lists import lists_with
from catalog.services.lists import add_films, make_list

NOBODY = AnonymousUser()


@pytest.fixture
def public(ada: AbstractUser, amelie: Movie) -> MovieList:
    films = make_list(user_id=ada.pk, title="Paris", is_public=True)
    add_films(films, [amelie.pk])
    return films


def test_published_lists_and_ones_own(ada: AbstractUser, amelie: Movie, public: MovieList) -> None:
    private = make_list(user_id=ada.pk, title="Mine")
    add_films(private, [amelie.pk])
    make_list(user_id=ada.pk, title="Empty", is_public=True)
    assert lists_with(amelie, NOBODY) == [public]
    assert set(lists_with(amelie, ada)) == {public, private}
    assert [films.size for films in lists_with(amelie, NOBODY)] == [1]


def test_not_of_who_blocks_the_reader_was_taken_down_or_is_gone(
    ada: AbstractUser, amelie: Movie, public: MovieList
) -> None:
    eve = get_user_model().objects.create_user("eve")
    assert lists_with(amelie, eve) == [public]
    Block.objects.create(blocker=ada, blocked=eve)
    assert lists_with(amelie, eve) == []
    MovieList.objects.update(taken_down=True)
    assert lists_with(amelie, NOBODY) == []
    MovieList.objects.update(taken_down=False)
    get_user_model().objects.filter(pk=ada.pk).update(is_active=False)
    assert lists_with(amelie, NOBODY) == []


@pytest.mark.usefixtures("plain_static")
def test_the_films_page_leads_to_them(client: Client, amelie: Movie, public: MovieList) -> None:
    shown = client.get(amelie.get_absolute_url()).content.decode()
    assert f'href="{public.get_absolute_url()}"' in shown

"""Notices: what a member is told, once, and only where the member wants to know."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser

from catalog.models import Movie, Notice, NoticeKind
from catalog.services import friends
from catalog.services.notices import choose_ways, mark_read, tell, tell_of_offers

NOTHING: dict[str, list[str]] = {"bell": [], "mailed": [], "pushed": [], "feed": []}


@pytest.fixture
def ada(db: None) -> AbstractUser:
    return get_user_model().objects.create_user("ada", "ada@example.org")


@pytest.fixture
def bob(db: None) -> AbstractUser:
    return get_user_model().objects.create_user("bob", "bob@example.org")


def unread(user: Any) -> list[str]:
    return list(Notice.objects.filter(user=user, read_at=None).values_list("key", flat=True))


def test_the_same_is_told_once(ada: AbstractUser) -> None:
    assert tell(ada.pk, NoticeKind.IMPORT_DONE, "import-1", subject="diary.csv")
    assert not tell(ada.pk, NoticeKind.IMPORT_DONE, "import-1", subject="diary.csv")
    assert unread(ada) == ["import-1"]
    mark_read(ada.pk)
    assert unread(ada) == []


def test_what_nobody_wants_to_know_is_not_written(ada: AbstractUser) -> None:
    choose_ways(ada.pk, NOTHING, "")
    assert not tell(ada.pk, NoticeKind.IMPORT_DONE, "import-1")
    choose_ways(ada.pk, {**NOTHING, "feed": ["import-done"]}, "")
    assert tell(ada.pk, NoticeKind.IMPORT_DONE, "import-1")
    assert unread(ada) == [], "the bell is silent about it"


def test_a_request_of_a_friend_is_told_until_it_is_answered(
    ada: AbstractUser, bob: AbstractUser
) -> None:
    friends.ask(ada.pk, bob.pk)
    assert unread(bob) == [f"friend-{ada.pk}"]
    friends.part(ada.pk, bob.pk)
    assert unread(bob) == [], "withdrawn"
    friends.ask(ada.pk, bob.pk)
    friends.accept(bob.pk, ada.pk)
    assert unread(bob) == []


def test_films_are_told_when_they_come_and_not_before(ada: AbstractUser) -> None:
    films = [Movie.objects.create(title=f"Film {n}").pk for n in range(3)]
    kind = NoticeKind.AVAILABLE
    assert tell_of_offers(ada.pk, kind, films[:1]) == 0, "what was there is no news"
    assert tell_of_offers(ada.pk, kind, films[:2]) == 1
    assert tell_of_offers(ada.pk, kind, films[:2]) == 0
    assert unread(ada) == [f"available-{films[1]}"]
    tell_of_offers(ada.pk, kind, films[:1])
    assert unread(ada) == [], "it has gone again"
    assert tell_of_offers(ada.pk, kind, films) == 2

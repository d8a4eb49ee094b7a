"""The rules of friendship: who may ask whom, and that both agree."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog.models import Block, Friendship, Sharing
from catalog.queries.members import Standing, friends_of, standing_of
from catalog.services import friends
from catalog.services.friends import (
    FriendshipError,
    accept,
    ask,
    block,
    part,
    to_ask_by_name,
    unblock,
)
from moviesite.accounts.models import User


@pytest.fixture
def grace(db: None) -> AbstractUser:
    return made("grace")


def made(name: str, **choices: bool) -> AbstractUser:
    user: AbstractUser = get_user_model().objects.create_user(name)
    if choices:
        Sharing.objects.create(user=user, **choices)
    return user


def test_it_takes_both(ada: AbstractUser, grace: AbstractUser) -> None:
    assert ask(ada.pk, grace.pk) is False
    assert ask(ada.pk, grace.pk) is False, "twice is once"
    assert standing_of(ada.pk, grace.pk) is Standing.ASKED
    assert standing_of(grace.pk, ada.pk) is Standing.ASKING
    assert not friends_of(ada.pk)
    assert accept(ada.pk, grace.pk) is False, "nobody accepts in the other's name"
    assert accept(grace.pk, ada.pk) is True
    for one, other in ((ada, grace), (grace, ada)):
        assert standing_of(one.pk, other.pk) is Standing.FRIEND
        assert list(friends_of(one.pk)) == [other]
    part(ada.pk, grace.pk)
    assert standing_of(grace.pk, ada.pk) is Standing.NONE
    assert not Friendship.objects.exists()


def test_asking_back_is_accepting(ada: AbstractUser, grace: AbstractUser) -> None:
    ask(ada.pk, grace.pk)
    assert ask(grace.pk, ada.pk) is True
    assert Friendship.objects.agreed().count() == 1


def test_who_does_not_want_to_be_found_may_still_ask(ada: AbstractUser, db: None) -> None:
    shy = made("shy", findable=False)
    with pytest.raises(FriendshipError):
        ask(ada.pk, shy.pk)
    ask(shy.pk, ada.pk)
    assert ask(ada.pk, shy.pk) is True


def test_all_who_cannot_be_asked_look_like_nobody(ada: AbstractUser, grace: AbstractUser) -> None:
    made("shy", findable=False)
    User.objects.create_user("gone", is_active=False)
    User.objects.create_user("ml-latest-small-7", is_active=False, imported=True)
    block(grace.pk, ada.pk)
    said = set()
    for name in ("nobody", "shy", "gone", "ml-latest-small-7", "grace", "ada", "", "x" * 500):
        with pytest.raises(FriendshipError) as refused:
            to_ask_by_name(ada.pk, name)
        said.add(str(refused.value))
    for pk in (grace.pk, 999_999_999, ada.pk):
        with pytest.raises(FriendshipError) as refused:
            ask(ada.pk, pk)
        said.add(str(refused.value))
    assert len(said) == 1


def test_names_are_found_whatever_their_capitals(ada: AbstractUser, grace: AbstractUser) -> None:
    assert to_ask_by_name(ada.pk, " Grace ") == grace
    other = made("GRACE")
    assert to_ask_by_name(ada.pk, "GRACE") == other
    with pytest.raises(FriendshipError):
        to_ask_by_name(ada.pk, "gRace")


def test_blocking_ends_it_and_works_in_both_directions(
    ada: AbstractUser, grace: AbstractUser
) -> None:
    ask(ada.pk, grace.pk)
    accept(grace.pk, ada.pk)
    block(grace.pk, ada.pk)
    block(grace.pk, ada.pk)
    assert Block.objects.count() == 1
    assert standing_of(grace.pk, ada.pk) is Standing.BLOCKED
    assert standing_of(ada.pk, grace.pk) is Standing.NONE, "the blocked one is not told"
    for one, other in ((ada, grace), (grace, ada)):
        with pytest.raises(FriendshipError):
            ask(one.pk, other.pk)
    unblock(ada.pk, grace.pk)
    assert Block.objects.exists(), "nobody lifts the other's block"
    unblock(grace.pk, ada.pk)
    assert ask(ada.pk, grace.pk) is False


def test_there_is_an_end_to_asking(
    ada: AbstractUser, monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    monkeypatch.setattr(friends, "MOST_WAITING", 2)
    monkeypatch.setattr(friends, "MOST_FRIENDS", 1)
    others = [made(f"other-{n}") for n in range(3)]
    ask(ada.pk, others[0].pk)
    ask(ada.pk, others[1].pk)
    with pytest.raises(FriendshipError, match="2 members"):
        ask(ada.pk, others[2].pk)
    accept(others[0].pk, ada.pk)
    with pytest.raises(FriendshipError, match="at most 1 friends"):
        accept(others[1].pk, ada.pk)


def test_the_database_keeps_the_rules(ada: AbstractUser, grace: AbstractUser) -> None:
    Friendship.objects.create(sender=ada, receiver=grace, accepted_at=timezone.now())
    wrong = [
        lambda: Friendship.objects.create(sender=grace, receiver=ada),
        lambda: Friendship.objects.create(sender=ada, receiver=ada),
        lambda: Block.objects.create(blocker=ada, blocked=ada),
    ]
    for write in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            write()

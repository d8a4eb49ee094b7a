"""Friend requests, friendships and blocks: the one write path."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Block, Friendship, NoticeKind
from catalog.models.sharing import shares

from .notices import take_back, tell
from .turns import take_turn

# Requests without an answer that a member may have: asking everybody is not making friends.
MOST_WAITING = 50
MOST_FRIENDS = 500


class FriendshipError(ValueError):
    """It cannot be done; the message says why, in the reader's language."""


def ask(user_id: int, other_id: int) -> bool:
    """Ask to be friends, or accept where the other one asked first; saying it twice is the same.

    Returns whether they are friends now. Raises FriendshipError when the other one cannot be
    asked, in the same words whether that member does not exist, does not want to be found or
    blocks the asking one; and when there are too many requests or friends.
    """
    with transaction.atomic():
        take_turn(user_id, other_id)
        found = Friendship.objects.between(user_id, other_id).first()
        if found is not None and found.accepted_at is None and found.receiver_id == user_id:
            return accept(user_id, other_id)
        if found is not None:
            return found.accepted_at is not None
        if not may_be_asked(user_id).filter(pk=other_id).exists():
            raise nobody_to_ask()
        waiting = Friendship.objects.waiting().filter(sender_id=user_id).count()
        if waiting >= MOST_WAITING:
            raise FriendshipError(
                _("%(most)d members have not answered yet. Wait, or withdraw some requests.")
                % {"most": MOST_WAITING}
            )
        Friendship.objects.create(sender_id=user_id, receiver_id=other_id)
        tell(other_id, NoticeKind.FRIEND_REQUEST, f"friend-{user_id}", other_id=user_id)
    return False


def accept(user_id: int, other_id: int) -> bool:
    """Become friends with the one who asked; False when nobody asked, or no longer."""
    with transaction.atomic():
        take_turn(user_id, other_id)
        for one in (user_id, other_id):
            if Friendship.objects.friends_of(one).count() >= MOST_FRIENDS:
                raise FriendshipError(
                    _("A member can have at most %(most)d friends.") % {"most": MOST_FRIENDS}
                )
        asked = Friendship.objects.waiting().filter(sender_id=other_id, receiver_id=user_id)
        take_back(user_id, f"friend-{other_id}")
        return bool(asked.update(accepted_at=timezone.now()))


def part(user_id: int, other_id: int) -> None:
    """Refuse a request, withdraw one, or end a friendship: nothing is left of it."""
    with transaction.atomic():
        take_turn(user_id, other_id)
        Friendship.objects.between(user_id, other_id).delete()
        take_back(user_id, f"friend-{other_id}")
        take_back(other_id, f"friend-{user_id}")


def block(user_id: int, other_id: int) -> None:
    """Part, and never be found or asked by the other one again."""
    with transaction.atomic():
        take_turn(user_id, other_id)
        part(user_id, other_id)
        Block.objects.get_or_create(blocker_id=user_id, blocked_id=other_id)


def unblock(user_id: int, other_id: int) -> None:
    Block.objects.filter(blocker_id=user_id, blocked_id=other_id).delete()


def may_be_asked(user_id: int) -> Any:
    """The members whom the user may ask: they want to be found, and neither blocks the other."""
    return (
        get_user_model()
        .objects.filter(shares("findable"), is_active=True)
        .exclude(pk=user_id)
        .exclude(pk__in=Block.objects.filter(blocked_id=user_id).values("blocker_id"))
        .exclude(pk__in=Block.objects.filter(blocker_id=user_id).values("blocked_id"))
    )


def to_ask_by_name(user_id: int, name: str) -> Any:
    """The member of that user name, whatever its capitals. Raises FriendshipError."""
    named = list(may_be_asked(user_id).filter(username__iexact=name.strip())[:2])
    exact = [user for user in named if user.username == name.strip()]
    if exact or len(named) == 1:
        return (exact or named)[0]
    raise nobody_to_ask()


def nobody_to_ask() -> FriendshipError:
    return FriendshipError(_("No member by that name accepts friend requests."))


ACTIONS: dict[str, Callable[[int, int], object]] = {
    "ask": ask,
    "accept": accept,
    "refuse": part,
    "withdraw": part,
    "remove": part,
    "block": block,
    "unblock": unblock,
}

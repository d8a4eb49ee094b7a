"""Which members, profiles and ratings a member may see."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Exists, OuterRef, Q

from catalog.models import Block, Friendship, Movie, Rating
from catalog.models.rating import RatingQuerySet
from catalog.models.sharing import shares


class Standing(StrEnum):
    """What another member is to the reader."""

    SELF = "self"
    NONE = "none"
    ASKED = "asked"  # by the reader
    ASKING = "asking"  # the reader
    FRIEND = "friend"
    BLOCKED = "blocked"  # by the reader


def profiles_for(reader: AbstractBaseUser | AnonymousUser) -> Any:
    """Members with a public profile and the reader, without those who block the reader.

    A profile that a moderator took down is not public.

    Raters of imported datasets are inactive, and never among them.
    """
    public = Q(shares("is_public")) & ~Q(shares("taken_down"))
    shown = get_user_model().objects.filter(public | Q(pk=reader.pk or 0))
    blocked_by = Block.objects.filter(blocker_id=OuterRef("pk"), blocked_id=reader.pk or 0)
    return shown.filter(~Exists(blocked_by), is_active=True).select_related("sharing")


def standing_of(user_id: int, other_id: int) -> Standing:
    """In two queries at most."""
    if user_id == other_id:
        return Standing.SELF
    found = Friendship.objects.between(user_id, other_id).first()
    if found is not None:
        if found.accepted_at:
            return Standing.FRIEND
        return Standing.ASKED if found.sender_id == user_id else Standing.ASKING
    if Block.objects.filter(blocker_id=user_id, blocked_id=other_id).exists():
        return Standing.BLOCKED
    return Standing.NONE


def friends_of(user_id: int) -> Any:
    """The user's friends by name."""
    friends = Friendship.objects.friends_of(user_id)
    return get_user_model().objects.filter(is_active=True, pk__in=friends).order_by("username")


def friends_to_watch_with(user_id: int) -> Any:
    """The user's friends who let friends include them in a group, by name."""
    return friends_of(user_id).filter(shares("watch_together"))


def who_show_ratings(user_ids: Iterable[int]) -> list[int]:
    """Those of the users who let friends see what they rated."""
    users = get_user_model().objects.filter(shares("shares_ratings"), pk__in=list(user_ids))
    return list(users.values_list("pk", flat=True))


def ratings_of_friends(user_id: int, movie: Movie) -> RatingQuerySet:
    """What the user's friends gave the film, the highest first: of those who let friends see it."""
    return (
        Rating.objects.filter(
            shares("shares_ratings", user="user"),
            movie=movie,
            user_id__in=Friendship.objects.friends_of(user_id),
            user__is_active=True,
        )
        .select_related("user__sharing")
        .order_by("-half_stars", "user__username")
    )

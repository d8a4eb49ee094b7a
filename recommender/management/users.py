"""Resolving the user that an argument of a command names."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.db.models import Q


class UnknownUserError(Exception):
    """No user is meant, or several could be."""


def resolve_user(text: str) -> AbstractUser:
    """The user of a username, an e-mail address, a dataset's own user number or a primary key.

    A number is first looked for among the raters of imported datasets (``1`` means the rater
    ``ml-latest-small-1`` where one dataset alone has such a rater), then among primary keys;
    ``#1`` means the primary key only.

    Raises ``UnknownUserError``, which says what was looked for.
    """
    users = get_user_model().objects.all()
    if text.startswith("#") and text[1:].isdecimal():
        if (user := users.filter(pk=int(text[1:])).first()) is not None:
            return user
        raise UnknownUserError(f"there is no user with the id {text[1:]}")
    named = list(users.filter(Q(username=text) | Q(email__iexact=text)).order_by("pk")[:2])
    if len(named) == 1:
        return named[0]
    if len(named) > 1:
        exact = [user for user in named if user.username == text]
        if exact:
            return exact[0]
        raise UnknownUserError(f"several users have the e-mail address {text!r}")
    if text.isdecimal():
        return _numbered(int(text))
    raise UnknownUserError(f"there is no user with the name or e-mail address {text!r}")


def _numbered(number: int) -> AbstractUser:
    users = get_user_model().objects.all()
    raters = list(users.filter(imported=True, username__endswith=f"-{number}")[:2])
    if len(raters) == 1:
        return raters[0]
    if len(raters) > 1:
        names = " and ".join(user.username for user in raters)
        raise UnknownUserError(f"user {number} is ambiguous: {names}; give the whole name")
    if (user := users.filter(pk=number).first()) is not None:
        return user
    raise UnknownUserError(f"there is no rater and no user with the number {number}")

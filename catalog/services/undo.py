"""Undo: what reverts an action travels with its message, signed for one member.

Nothing is stored for it. A step is a kind and what that kind's function needs, as JSON.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core import signing

from catalog.models import MovieList

from . import bulk_ratings, diary, lists, seen

SALT = "catalog.undoing"
LONGEST = timedelta(days=1)


class UndoError(ValueError):
    """The step cannot be taken back: it is too old, somebody else's, or its list is gone."""


def sealed(user_id: int, kind: str, before: object) -> str:
    """What an undo button sends."""
    return signing.dumps([user_id, kind, before], salt=SALT, compress=True)


def undo(user_id: int, step: str) -> None:
    """Take back what ``sealed`` was made for. Raises UndoError, ListLimitError."""
    try:
        owner, kind, before = signing.loads(step, salt=SALT, max_age=LONGEST)
    except signing.BadSignature as error:
        raise UndoError("step is too old or not ours") from error
    if owner != user_id:
        raise UndoError(f"step belongs to user {owner}, not to {user_id}")
    KINDS[kind](user_id, before)


def _put_back(user_id: int, before: dict[str, Any]) -> None:
    lists.put_back(_own(user_id, before["list"]), before["films"])


def _take_off(user_id: int, before: dict[str, Any]) -> None:
    lists.remove_films(_own(user_id, before["list"]), before["films"])


def _own(user_id: int, key: int) -> MovieList:
    films = MovieList.objects.filter(user_id=user_id, pk=key).first()
    if films is None:
        raise UndoError(f"list {key} of user {user_id} is gone")
    return films


KINDS: dict[str, Callable[[int, Any], None]] = {
    "diary": diary.take_back,
    "ratings": bulk_ratings.restore,
    "removed-from-list": _put_back,
    "seen": seen.take_back,
    "added-to-list": _take_off,
}

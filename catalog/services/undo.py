"""Undo: what reverts an action travels with its message, signed for one member.

Nothing is stored for it. A step is a kind, what that kind's function needs, as JSON, and a digest
of what the action left behind. It works once, and only while nothing has changed since: rows have
keys and times of their own, so that not even the same action leaves the same digest again.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from django.core import signing
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from catalog.models import DiaryEntry, MovieList, MovieListEntry, SeenMovie, WatchlistEntry

from . import bulk_ratings, diary, lists, seen
from .turns import take_turn

SALT = "catalog.undoing"
LONGEST = timedelta(days=1)


class UndoError(ValueError):
    """The step cannot be taken back: it is too old, somebody else's, or its list is gone."""


class ChangedSinceError(UndoError):
    """What the action left is there no longer: it was taken back before, or changed since."""


def sealed(user_id: int, kind: str, before: object) -> str:
    """What an undo button sends."""
    with transaction.atomic():
        digest = _digest(KINDS[kind].left(user_id, before))
    return signing.dumps([user_id, kind, before, digest], salt=SALT, compress=True)


def undo(user_id: int, step: str) -> None:
    """Take back what ``sealed`` was made for. Raises UndoError, ListError."""
    try:
        owner, kind, before, digest = signing.loads(step, salt=SALT, max_age=LONGEST)
    except (signing.BadSignature, ValueError) as error:
        raise UndoError("step is too old or not ours") from error
    if owner != user_id:
        raise UndoError(f"step belongs to user {owner}, not to {user_id}")
    with transaction.atomic():
        take_turn(user_id)
        if _digest(KINDS[kind].left(user_id, before)) != digest:
            raise ChangedSinceError(f"{kind} of user {user_id} is not as the step left it")
        KINDS[kind].take_back(user_id, before)


def _put_back(user_id: int, before: dict[str, Any]) -> None:
    lists.put_back(_own(user_id, before["list"]), before["films"])


def _take_off(user_id: int, before: dict[str, Any]) -> None:
    lists.remove_films(_own(user_id, before["list"]), before["films"])


def _own(user_id: int, key: int) -> MovieList:
    films = MovieList.objects.filter(user_id=user_id, pk=key).first()
    if films is None:
        raise UndoError(f"list {key} of user {user_id} is gone")
    return films


def _ratings(user_id: int, before: dict[str, Any]) -> object:
    return bulk_ratings.ratings_before(user_id, sorted(before["films"]))


def _diary(user_id: int, before: dict[str, Any]) -> object:
    """The entry with that key, those on the day to which it would go back, and the rating."""
    mine = DiaryEntry.objects.filter(user_id=user_id, movie_id=before["movie"]).order_by("pk")
    entries = mine.values("pk", "watched_on", "half_stars", "rewatch", "note", "created_at")
    rating = _ratings(user_id, before["ratings"]) if "ratings" in before else None
    return [list(entries), rating]


def _seen(user_id: int, before: dict[str, Any]) -> object:
    of_film = {"user_id": user_id, "movie_id": before["movie"]}
    return [
        list(SeenMovie.objects.filter(**of_film).values("pk", "watched_on", "marked_at")),
        list(WatchlistEntry.objects.filter(**of_film).values("pk", "added_at")),
    ]


def _listed(user_id: int, before: dict[str, Any]) -> object:
    """Which of the films stand on the list, and since when; others may come, go and move."""
    films = [one["movie"] if isinstance(one, dict) else one for one in before["films"]]
    entries = MovieListEntry.objects.filter(
        list__user_id=user_id, list_id=before["list"], movie_id__in=films
    )
    return list(entries.order_by("movie_id").values("movie_id", "added_at"))


def _digest(left: object) -> str:
    text = json.dumps(left, cls=ExactEncoder, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class ExactEncoder(DjangoJSONEncoder):
    """Times to the microsecond: two changes within a millisecond are two."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)


class Kind(NamedTuple):
    """``take_back`` reverts a step; ``left`` is what it would overwrite."""

    take_back: Callable[[int, Any], None]
    left: Callable[[int, Any], object]


KINDS = {
    "diary": Kind(diary.take_back, _diary),
    "ratings": Kind(bulk_ratings.restore, _ratings),
    "removed-from-list": Kind(_put_back, _listed),
    "seen": Kind(seen.take_back, _seen),
    "added-to-list": Kind(_take_off, _listed),
}

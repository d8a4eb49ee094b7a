"""Notices: the one writer. What nobody wants to be told is not written."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from catalog.broker import send
from catalog.models import KnownOffers, Movie, Notice, NoticeChoices, NoticeKind

PUSH_TASK = "catalog.tasks.push_notices"
KEPT_FOR = timedelta(days=90)
MOST_AT_ONCE = 10  # films that become available on one day


def tell(
    user_id: int,
    kind: NoticeKind,
    key: str,
    *,
    movie_id: int | None = None,
    other_id: int | None = None,
    subject: str = "",
    address: str = "",
) -> bool:
    """Tell a member once; False where it was told before, or nobody wants to know."""
    choices = NoticeChoices.objects.filter(user_id=user_id).first() or NoticeChoices()
    silent = kind in choices.silenced
    if silent and not any(kind in way for way in (choices.mailed, choices.pushed, choices.feed)):
        return False
    _notice, made = Notice.objects.get_or_create(
        user_id=user_id,
        key=key[:60],
        defaults={
            "kind": kind,
            "movie_id": movie_id,
            "other_id": other_id,
            "subject": subject[:300],
            "address": address[:200],
            "read_at": timezone.now() if silent else None,
        },
    )
    if made and kind in choices.pushed and choices.apprise_urls:
        transaction.on_commit(lambda: send(PUSH_TASK, user_id))
    return made


def take_back(user_id: int, key: str) -> None:
    """What was told is no longer so."""
    Notice.objects.filter(user_id=user_id, key=key).delete()


def mark_read(user_id: int) -> None:
    """The member has looked at the bell's page."""
    Notice.objects.filter(user_id=user_id, read_at=None).update(read_at=timezone.now())


def tell_of_offers(user_id: int, kind: NoticeKind, movie_ids: Sequence[int]) -> int:
    """Of these films, the best first, tell those that were not there when asked last.

    The first time nothing is told: what was there before is no news.
    """
    known = KnownOffers.objects.filter(user_id=user_id, kind=kind).first()
    told = 0
    if known is not None:
        before = set(known.movie_ids)
        gone = before.difference(movie_ids)
        Notice.objects.filter(user_id=user_id, kind=kind, movie_id__in=gone).delete()
        for movie_id in [pk for pk in movie_ids if pk not in before][:MOST_AT_ONCE]:
            told += tell(user_id, kind, f"{kind}-{movie_id}", movie_id=movie_id)
    KnownOffers.objects.update_or_create(
        user_id=user_id, kind=kind, defaults={"movie_ids": list(movie_ids)}
    )
    return told


def tell_of_film(user_id: int, request_id: int, movie: Movie) -> None:
    """A film that the member asked for is there."""
    tell(user_id, NoticeKind.FILM_ADDED, f"film-{request_id}", movie_id=movie.pk)


def choose_ways(user_id: int, ways: Mapping[str, Collection[str]], apprise_urls: str) -> None:
    """By which ways each kind goes: ``bell``, ``mailed``, ``pushed`` and ``feed``."""
    kinds = [kind.value for kind in NoticeKind]
    chosen = {
        name: [kind for kind in kinds if kind in ways[name]]
        for name in ("mailed", "pushed", "feed")
    }
    choices, _ = NoticeChoices.objects.update_or_create(
        user_id=user_id,
        defaults={
            **chosen,
            "silenced": [kind for kind in kinds if kind not in ways["bell"]],
            "apprise_urls": apprise_urls,
        },
    )
    if choices.mailed and choices.mailed_at is None:
        choices.mailed_at = timezone.now()
        choices.save(update_fields=["mailed_at"])


def renew_feed_key(user_id: int) -> str:
    """New addresses for the feeds; the old ones answer no more."""
    key = secrets.token_urlsafe(32)
    NoticeChoices.objects.update_or_create(user_id=user_id, defaults={"feed_key": key})
    return key


def forget_old() -> None:
    """Notices are for a while."""
    Notice.objects.filter(made_at__lt=timezone.now() - KEPT_FOR).delete()

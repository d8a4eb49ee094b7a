"""Noting a delivery while the server waits: whose it is, and each play once."""

from __future__ import annotations

import hashlib

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from catalog.folding import fold
from catalog.models import HookAddress, HookDelivery, ServerAccount, WatchEvent

from .deliver import deliver_soon
from .formats.told import Delivery, Ignored, Told

MOST_ACCOUNTS = 200
# Kept for one member, so that nothing grows without an end.
MOST_EVENTS = 100_000


def receive(address: HookAddress, delivery: Delivery) -> Ignored | None:
    """Note what a server tells. Returns why it is left alone, None where it is not.

    Raises IntegrityError where the member is being deleted at this moment.
    """
    user_id, ignored = _member(address, delivery)
    if user_id is None:
        return ignored
    ignored = ignored or delivery.ignored
    if ignored is None:
        with transaction.atomic():
            if _note_all(user_id, delivery):
                transaction.on_commit(lambda: deliver_soon(user_id))
        return None
    _log(user_id, delivery, ignored=ignored)
    return ignored


def key_of(delivery: Delivery, told: Told) -> str:
    """The same for the same play or rating, whenever and however often it is told.

    A film counts once a day, and once without a day; a rating once for the time at which it was
    given or, where that is not told, once for the stars.
    """
    if told.half_stars is None:
        play = f"played {told.watched_on or 'some time'}"
    else:
        play = f"rated {told.happened_at.isoformat() if told.happened_at else told.half_stars}"
    return _digest(item_of(delivery, told), play)


def item_of(delivery: Delivery, told: Told) -> str:
    film = told.film
    named = film.item or film.imdb_id or (film.tmdb_id and f"tmdb {film.tmdb_id}")
    return _digest(delivery.server, delivery.server_id, str(named or (fold(film.title), film.year)))


def event_of(user_id: int, delivery: Delivery, told: Told) -> WatchEvent:
    """The row of a play or rating, not saved."""
    film = told.film
    return WatchEvent(
        user_id=user_id,
        server=delivery.server,
        key=key_of(delivery, told),
        item=item_of(delivery, told),
        title=film.title,
        folded=fold(film.title),
        year=film.year,
        imdb_id=film.imdb_id,
        tmdb_id=film.tmdb_id,
        half_stars=told.half_stars,
        watched_on=told.watched_on,
        happened_at=told.happened_at,
        rewatch=told.rewatch,
    )


def _digest(*words: str) -> str:
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()


def _member(address: HookAddress, delivery: Delivery) -> tuple[int | None, Ignored | None]:
    account = delivery.account[:150]
    if address.user_id is not None:
        heard = not address.account or address.account.casefold() == account.casefold()
        return address.user_id, None if heard else Ignored.OTHER_USER
    known = ServerAccount.objects.filter(server=delivery.server, account=account)
    found = known.select_related("user").first()
    if found is None:
        if account and ServerAccount.objects.count() < MOST_ACCOUNTS:
            ServerAccount.objects.get_or_create(server=delivery.server, account=account)
        return None, Ignored.NOBODY
    if found.user is None or not found.user.is_active:
        return None, Ignored.NOBODY
    return found.user.pk, None


def _note_all(user_id: int, delivery: Delivery) -> bool:
    """Whether there is something that was not told before."""
    anything_new = False
    for told in delivery.told:
        event = event_of(user_id, delivery, told)
        found = WatchEvent.objects.filter(user_id=user_id, key=event.key).first()
        if found is None:
            if WatchEvent.objects.filter(user_id=user_id).count() >= MOST_EVENTS:
                _log(user_id, delivery, ignored=Ignored.FULL)
                continue
            found = _added(event)
        repeated = found is not event
        _log(user_id, delivery, event=found, repeated=repeated)
        anything_new = anything_new or not repeated
    return anything_new


def _added(event: WatchEvent) -> WatchEvent:
    """The event, or the one that another process has added meanwhile."""
    try:
        with transaction.atomic():
            event.save(force_insert=True)
    except IntegrityError:
        found = WatchEvent.objects.filter(user_id=event.user_id, key=event.key).first()
        if found is None:
            raise
        return found
    return event


def _log(
    user_id: int,
    delivery: Delivery,
    *,
    event: WatchEvent | None = None,
    ignored: Ignored | None = None,
    repeated: bool = False,
) -> None:
    """A line of the log; the same thing again, as servers tell of progress, is counted."""
    same = {"event": event, "ignored": ignored or "", "title": delivery.title}
    last = HookDelivery.objects.filter(user_id=user_id).order_by("-received_at", "-pk").first()
    now = timezone.now()
    if last and (repeated or ignored) and all(getattr(last, n) == v for n, v in same.items()):
        HookDelivery.objects.filter(pk=last.pk).update(
            times=F("times") + 1, repeated=repeated, received_at=now
        )
        return
    HookDelivery.objects.create(
        user_id=user_id, server=delivery.server, repeated=repeated, received_at=now, **same
    )

"""Several members on one device, who switch quickly: by a PIN each, or by their passwords.

The device keeps a signed list of those who signed in on it and said that they use it. A PIN is
worth something on such a device alone, and ends with the password that was valid then.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from .audit import account, record
from .models import AuditAction, QuickPin, User

COOKIE, SALT = "household", "moviesite.accounts.household"
DAYS = 180
MOST_MEMBERS = 12
# So many guesses of a PIN in so many seconds: few at once, and few enough in all.
MOST_GUESSES, MOST_A_DAY = 5, 20
GUESSES = {15 * 60: MOST_GUESSES, 24 * 3600: MOST_A_DAY}


@dataclass(frozen=True)
class Housemate:
    user: User
    has_pin: bool


def _mark(user: User, secret: str | None = None) -> str:
    """Another one after each change of the password."""
    return salted_hmac(SALT, f"{user.pk} {user.password}", secret=secret).hexdigest()[:32]


def _is_mark_of(user: User, mark: str) -> bool:
    """Made with the key of today, or with a former one."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(constant_time_compare(mark, _mark(user, key)) for key in keys)


def _kept(request: HttpRequest) -> dict[str, str]:
    """Marks of members by their keys, as the device has them."""
    try:
        text = request.COOKIES.get(COOKIE, "")
        kept: dict[str, str] = signing.loads(text, salt=SALT, max_age=DAYS * 24 * 3600)
    except signing.BadSignature:
        return {}
    return kept


def _keep(request: HttpRequest, answer: HttpResponse, kept: dict[str, str]) -> None:
    if not kept:
        answer.delete_cookie(COOKIE, samesite="Lax")
        return
    answer.set_cookie(
        COOKIE,
        signing.dumps(kept, salt=SALT),
        max_age=DAYS * 24 * 3600,
        httponly=True,
        secure=request.is_secure(),
        samesite="Lax",
    )


def housemates(request: HttpRequest) -> list[Housemate]:
    """Who uses this device, by name; nobody who has another password since, or is shut out."""
    kept = _kept(request)
    users = User.objects.filter(pk__in=kept, is_active=True).select_related("quick_pin")
    return [
        Housemate(user, hasattr(user, "quick_pin") and not user.is_staff)
        for user in users.order_by("username")
        if _is_mark_of(user, kept[str(user.pk)])
    ]


def uses_device(request: HttpRequest, user: User) -> bool:
    return _is_mark_of(user, _kept(request).get(str(user.pk), ""))


def join_device(request: HttpRequest, answer: HttpResponse, user: User) -> None:
    kept = {str(one.user.pk): _mark(one.user) for one in housemates(request)}
    kept[str(user.pk)] = _mark(user)
    _keep(request, answer, dict(list(kept.items())[-MOST_MEMBERS:]))


def leave_device(request: HttpRequest, answer: HttpResponse, user_id: int) -> None:
    kept = _kept(request)
    kept.pop(str(user_id), None)
    _keep(request, answer, kept)


def set_pin(user: User, pin: str) -> None:
    """Raises ValidationError for one that is no PIN, and for those who may have none."""
    if user.is_staff:
        raise ValidationError(_("Who administers the site signs in by password."))
    if not (pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 8):
        raise ValidationError(_("A PIN is four to eight digits."))
    if len(set(pin)) == 1 or pin in "0123456789" or pin in "9876543210":
        raise ValidationError(_("That PIN is the first one that somebody would try."))
    QuickPin.objects.update_or_create(user=user, defaults={"pin_hash": make_password(pin)})


def remove_pin(user: User) -> None:
    QuickPin.objects.filter(user=user).delete()


def enter_by_pin(request: HttpRequest, user_id: int, pin: str) -> User | None:
    """The member, where this device knows them and the PIN is theirs; few guesses are free."""
    mate = next(
        (one for one in housemates(request) if one.user.pk == user_id and one.has_pin), None
    )
    if mate is None:
        return None
    counters = {f"household.guesses.{user_id}.{seconds}": seconds for seconds in GUESSES}
    counts = [_counted(key, seconds) <= GUESSES[seconds] for key, seconds in counters.items()]
    if not all(counts):
        return None
    if not check_password(pin, mate.user.quick_pin.pin_hash):
        record(AuditAction.REFUSED, about=account(mate.user), detail="PIN")
        return None
    cache.delete_many(list(counters))
    return mate.user


def _counted(key: str, seconds: int) -> int:
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key)
    except ValueError:  # it ended in this moment, or another cache has taken over
        return 1

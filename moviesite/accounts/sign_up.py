"""Who may sign up: everybody, whoever has an invitation, or nobody."""

from __future__ import annotations

from django.core.cache import cache
from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from redis.exceptions import RedisError

from .models import Invitation, SignUp, SignUpPolicy

# Of a session: the token of the link that a visitor came by.
INVITED_BY = "invitation"
# Of a request: it was asked already whether this person may sign up.
LET_IN = "matinee.let_in"
CACHED, SECONDS = "accounts.sign_up", 60


def current_sign_up() -> str:
    """One of `SignUp`. Pages ask for it, so it is kept for a while."""
    try:
        kept: str | None = cache.get(CACHED)
        if kept is None:
            kept = SignUpPolicy.current().sign_up
            cache.set(CACHED, kept, SECONDS)
    except RedisError:
        return SignUpPolicy.current().sign_up
    return kept


def set_sign_up(choice: str) -> None:
    SignUpPolicy.objects.update_or_create(pk=1, defaults={"sign_up": SignUp(choice)})
    cache.delete(CACHED)


def invitation_of(request: HttpRequest) -> Invitation | None:
    """The one that this visitor came by, as long as it is open."""
    session = getattr(request, "session", None)  # none on a page of an early error
    token = session.get(INVITED_BY) if session else None
    found = Invitation.objects.filter(token=token).first() if token else None
    return found if found is not None and found.is_open else None


def may_sign_up(request: HttpRequest) -> bool:
    """An invitation counts where sign-up is closed, too: an administrator made it."""
    return current_sign_up() == SignUp.OPEN or invitation_of(request) is not None


def take_invitation(request: HttpRequest) -> bool:
    """Use the visitor's invitation once; False when others have used it up, or it has ended.

    Where sign-up is open, nobody needs one, and none is used.
    """
    if current_sign_up() == SignUp.OPEN or request.META.get(LET_IN):
        return True
    token = request.session.pop(INVITED_BY, None)
    open_ones = Invitation.objects.filter(
        token=token or "", used__lt=F("uses"), ends_at__gt=timezone.now()
    )
    return open_ones.update(used=F("used") + 1) == 1


def end_invitations(*keys: int) -> int:
    """No link of these can be used from now on. Returns how many were open."""
    now = timezone.now()
    return Invitation.objects.filter(pk__in=keys, ends_at__gt=now).update(ends_at=now)


def path_of(invitation: Invitation) -> str:
    return reverse("invited", args=[invitation.token])

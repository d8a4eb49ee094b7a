"""Deleting an account with everything that is known about its member."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import Q

from catalog.services.ratings import unrate_all
from recommender.models import Departure

from .audit import account, record
from .models import AuditAction, User
from .traces import forget_names


class LastAdministratorError(Exception):
    """Without this account nobody could administer the site."""


def delete_account(user: User) -> None:
    """Delete the user and everything that belongs to it; all its sessions end.

    The ratings are gone with the commit, and with the next training, which then begins from
    nothing, from the models. Raises ``LastAdministratorError`` for the only active superuser.
    """
    key, name = user.pk, user.get_username()
    with transaction.atomic():
        # Whoever writes something for this user, or deletes another administrator, waits.
        administers = Q(is_superuser=True, is_active=True)
        wanted = Q(pk=key) | administers if user.is_superuser else Q(pk=key)
        locked = list(User.objects.select_for_update().filter(wanted).order_by("pk"))
        if user.is_superuser and [one.pk for one in locked] == [key]:
            raise LastAdministratorError(f"{name} is the only administrator")
        for session in UserSession.objects.filter(user_id=key):
            session.end()
        forget_names(user)
        unrate_all(key)
        user.delete()
        Departure.objects.create()
        record(AuditAction.DELETION, about=account(User(pk=key)))

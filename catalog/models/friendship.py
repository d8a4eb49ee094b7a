"""Friendships between members, and blocks."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Greatest, Least
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class FriendshipQuerySet(models.QuerySet["Friendship"]):
    def of(self, user_id: int) -> FriendshipQuerySet:
        """Those in which the user is either of the two."""
        return self.filter(models.Q(sender_id=user_id) | models.Q(receiver_id=user_id))

    def between(self, user_id: int, other_id: int) -> FriendshipQuerySet:
        return self.filter(sender_id__in=(user_id, other_id), receiver_id__in=(user_id, other_id))

    def agreed(self) -> FriendshipQuerySet:
        return self.filter(accepted_at__isnull=False)

    def waiting(self) -> FriendshipQuerySet:
        return self.filter(accepted_at__isnull=True)

    def friends_of(self, user_id: int) -> models.QuerySet[Friendship, int]:
        """The primary keys of the user's friends, as a subquery."""
        other = models.Case(
            models.When(sender_id=user_id, then=models.F("receiver_id")),
            default=models.F("sender_id"),
        )
        return self.agreed().of(user_id).annotate(friend=other).values_list("friend", flat=True)


class Friendship(models.Model):
    """The sender asked the receiver; they are friends once the receiver has accepted.

    A request that is refused, and a friendship that ends, leave no row.
    """

    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked by"),
        related_name="+",
        on_delete=models.CASCADE,
    )
    receiver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked"),
        related_name="+",
        on_delete=models.CASCADE,
    )
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)

    objects = FriendshipQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        verbose_name = _("friendship")
        verbose_name_plural = _("friendships")
        constraints = [
            # Whoever of the two asked: there is one row for them.
            models.UniqueConstraint(
                Least("sender", "receiver"),
                Greatest("sender", "receiver"),
                name="catalog_friendship_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(sender=models.F("receiver")),
                name="catalog_friendship_of_two",
            ),
        ]

    def __str__(self) -> str:
        state = "friends" if self.accepted_at else "asked"
        return f"users {self.sender_id} and {self.receiver_id}: {state}"


class Block(models.Model):
    """The blocker is not found, asked or shown to be there by the blocked."""

    blocker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("blocked by"),
        related_name="+",
        on_delete=models.CASCADE,
        db_index=False,  # the unique constraint begins with it
    )
    blocked = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("blocked"),
        related_name="+",
        on_delete=models.CASCADE,
    )
    blocked_at = models.DateTimeField(_("blocked at"), default=timezone.now)

    class Meta:
        ordering = ["-blocked_at", "-pk"]
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="catalog_block_once"),
            models.CheckConstraint(
                condition=~models.Q(blocker=models.F("blocked")), name="catalog_block_of_two"
            ),
        ]

    def __str__(self) -> str:
        return f"user {self.blocked_id} blocked by user {self.blocker_id}"

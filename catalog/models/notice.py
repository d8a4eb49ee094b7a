"""What the site tells a member: notices, and by which ways each kind of them goes."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .movie import Movie


class NoticeKind(models.TextChoices):
    FRIEND_REQUEST = "friend-request", _("Somebody asks to be friends")
    IMPORT_DONE = "import-done", _("An import is done")
    FILM_ADDED = "film-added", _("A film that you asked for was added")
    AVAILABLE = "available", _("A film of your watchlist is on your services")
    FORESEEN = "foreseen", _("A film you would give 4.5 stars or more is on your services")


def _kinds(verbose_name: object) -> ArrayField:
    return ArrayField(
        models.CharField(max_length=20, choices=NoticeKind),
        verbose_name=verbose_name,  # type: ignore[arg-type]
        default=list,
        blank=True,
    )


class Notice(models.Model):
    """``key`` says what it is about: nobody is told the same twice."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        related_name="notices",
        on_delete=models.CASCADE,
        db_index=False,  # The constraint's index begins with it.
    )
    kind = models.CharField(_("kind"), max_length=20, choices=NoticeKind)
    key = models.CharField(_("key"), max_length=60)
    movie = models.ForeignKey(
        Movie,
        verbose_name=_("film"),
        related_name="+",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
    )
    other = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("other member"),
        related_name="+",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
    )
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    pushed_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="catalog_notice_once")]
        indexes = [
            models.Index(
                fields=["user"], condition=models.Q(read_at=None), name="catalog_notice_unread"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} for user {self.user_id}: {self.key}"


class NoticeChoices(models.Model):
    """Whoever chose nothing has no row: the bell shows everything, nothing else is sent."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        related_name="+",
        primary_key=True,
        on_delete=models.CASCADE,
    )
    silenced = _kinds(_("not shown by the bell"))
    mailed = _kinds(_("in the daily mail"))
    pushed = _kinds(_("sent at once"))
    feed = _kinds(_("in the feed"))
    apprise_urls = models.TextField(_("addresses of Apprise"), max_length=2000, blank=True)
    # In the addresses of the feeds, which readers ask for without logging in.
    feed_key = models.CharField(max_length=43, unique=True, null=True, blank=True)
    mailed_at = models.DateTimeField(_("last mail"), null=True, blank=True)

    class Meta:
        verbose_name = _("ways of notices")
        verbose_name_plural = _("ways of notices")

    def __str__(self) -> str:
        return f"how user {self.user_id} is told"


class KnownOffers(models.Model):
    """Films that were on a member's services when somebody looked last: others are news."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        related_name="+",
        on_delete=models.CASCADE,
        db_index=False,  # The constraint's index begins with it.
    )
    kind = models.CharField(_("kind"), max_length=20, choices=NoticeKind)
    movie_ids = ArrayField(models.BigIntegerField(), verbose_name=_("films"), default=list)

    class Meta:
        verbose_name = _("films known to be on services")
        verbose_name_plural = _("films known to be on services")
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="catalog_known_offers_once")
        ]

    def __str__(self) -> str:
        return f"{len(self.movie_ids)} films for user {self.user_id}"

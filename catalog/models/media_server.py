"""What media servers tell of a member: the address they tell it to, plays and ratings, syncs."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .movie import Movie


class ServerKind(models.TextChoices):
    """The form in which a server tells something."""

    JELLYFIN = "jellyfin", "Jellyfin"
    PLEX = "plex", "Plex"
    EMBY = "emby", "Emby"
    KODI = "kodi", "Kodi"
    PLAIN = "plain", _("a program of yours")


class HookAddress(models.Model):
    """An address that a media server posts to; of the token in it only the hash is kept.

    ``user`` None is the household's: whose play it is then depends on ``ServerAccount``.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        related_name="hook_address",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
    )
    token_hash = models.CharField(_("SHA-256"), max_length=64, unique=True, editable=False)
    hint = models.CharField(_("begins with"), max_length=8, editable=False)
    # A server that tells of all its users is heard about this one only.
    account = models.CharField(
        _("your name on the server"),
        max_length=150,
        blank=True,
        help_text=_("Plays of other users of the server are then left alone. Blank: all count."),
    )
    created_at = models.DateTimeField(_("made at"), default=timezone.now)
    last_used_at = models.DateTimeField(_("last used at"), null=True, editable=False)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("address for media servers")
        verbose_name_plural = _("addresses for media servers")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], nulls_distinct=False, name="catalog_hook_household_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hint}… of user {self.user_id}" if self.user_id else f"{self.hint}…"


class ServerAccount(models.Model):
    """A user of the household's media server, and the member who that is."""

    server = models.CharField(_("server"), max_length=20, choices=ServerKind.choices)
    account = models.CharField(_("name on the server"), max_length=150)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("member"),
        related_name="server_accounts",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
    )
    first_heard_at = models.DateTimeField(_("first heard of"), default=timezone.now)

    class Meta:
        ordering = ["server", "account"]
        verbose_name = _("user of a media server")
        verbose_name_plural = _("users of media servers")
        constraints = [
            models.UniqueConstraint(
                fields=["server", "account"], name="catalog_server_account_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_server_display()}: {self.account}"


class SyncState(models.TextChoices):
    FETCHING = "fetching", _("being fetched")
    FAILED = "failed", _("failed")
    PREVIEW = "preview", _("waiting for you")
    APPLYING = "applying", _("being applied")
    APPLIED = "applied", _("applied")
    UNDOING = "undoing", _("being undone")
    UNDONE = "undone", _("undone")
    LEFT_OUT = "left-out", _("left out")


# A worker has something to do, or is at it.
SYNC_WORKING = (SyncState.FETCHING, SyncState.APPLYING, SyncState.UNDOING)


class WatchSync(models.Model):
    """Plays and ratings that are applied, and undone, together."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        related_name="watch_syncs",
        on_delete=models.CASCADE,
    )
    server = models.CharField(_("server"), max_length=20, choices=ServerKind.choices)
    # Fetched once by the server's API; otherwise the server told it by itself.
    fetched = models.BooleanField(_("fetched"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=SyncState.choices)
    # What was not taken and why, by code: see ``catalog.hooks.words``.
    report = models.JSONField(_("report"), default=dict, blank=True)
    created_at = models.DateTimeField(_("begun at"), default=timezone.now)
    changed_at = models.DateTimeField(_("in this state since"), default=timezone.now)
    # For the sweep: when a worker was last told, and how often it has begun this step.
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("sync with a media server")
        verbose_name_plural = _("syncs with media servers")
        indexes = [models.Index(fields=["state", "changed_at"], name="catalog_sync_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=SyncState.values), name="catalog_sync_state"
            ),
        ]

    def __str__(self) -> str:
        return f"sync {self.pk} of user {self.user_id} with {self.server}"

    def get_absolute_url(self) -> str:
        return reverse("catalog:watch-sync", args=[self.pk])

    @property
    def is_working(self) -> bool:
        return self.state in SYNC_WORKING


class EventState(models.TextChoices):
    """What has become of a play or rating."""

    PENDING = "pending", _("not looked at yet")
    READY = "ready", _("will be taken over")
    WAITING = "waiting", _("waits for its film")
    APPLIED = "applied", _("taken over")
    SAME = "same", _("was here already")
    KEPT = "kept", _("your own stars stay")
    LEFT_OUT = "left-out", _("left out")
    UNDONE = "undone", _("undone")


class WatchEvent(models.Model):
    """A play or a rating, once for each server, item and play, however often it is told.

    ``before`` is what undoing it needs, where it changed something.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        related_name="watch_events",
        on_delete=models.CASCADE,
        db_index=False,  # the unique constraint begins with it
    )
    sync = models.ForeignKey(
        WatchSync,
        verbose_name=_("sync"),
        related_name="events",
        null=True,
        on_delete=models.CASCADE,
    )
    server = models.CharField(_("server"), max_length=20, choices=ServerKind.choices)
    key = models.CharField(_("server, item and play"), max_length=64)
    # The item's ratings in the order of ``happened_at`` outdo each other.
    item = models.CharField(_("server and item"), max_length=64)
    title = models.CharField(_("title"), max_length=300, blank=True)
    folded = models.TextField(editable=False, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True)
    imdb_id = models.CharField(_("IMDb id"), max_length=12, null=True)  # noqa: DJ001
    tmdb_id = models.PositiveIntegerField(_("TMDB id"), null=True)
    # None: a play. Otherwise the stars that were given on the server.
    half_stars = models.PositiveSmallIntegerField(_("half-stars"), null=True)
    watched_on = models.DateField(_("watched on"), null=True)
    rewatch = models.BooleanField(_("seen before"), default=False)
    happened_at = models.DateTimeField(_("happened at"), null=True)
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    movie = models.ForeignKey(
        Movie, verbose_name=_("film"), related_name="+", null=True, on_delete=models.SET_NULL
    )
    state = models.CharField(
        _("state"), max_length=10, choices=EventState.choices, default=EventState.PENDING
    )
    before = models.JSONField(null=True)
    # When the member was asked for stars, or said that there will be none.
    asked_at = models.DateTimeField(_("asked for stars at"), null=True)
    declined = models.BooleanField(_("stars declined"), default=False)

    class Meta:
        ordering = ["-received_at", "-pk"]
        verbose_name = _("play or rating on a media server")
        verbose_name_plural = _("plays and ratings on media servers")
        indexes = [
            models.Index(
                fields=["user"], condition=models.Q(state="pending"), name="catalog_event_pending"
            ),
            models.Index(
                fields=["id"], condition=models.Q(state="waiting"), name="catalog_event_waiting"
            ),
            models.Index(fields=["user", "received_at"], name="catalog_event_by_time"),
            models.Index(fields=["user", "item"], name="catalog_event_by_item"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="catalog_event_once"),
            models.CheckConstraint(
                condition=models.Q(half_stars__isnull=True) | models.Q(half_stars__range=(1, 10)),
                name="catalog_event_half_stars",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} on {self.server}, user {self.user_id}"

    @property
    def stars(self) -> float | None:
        return self.half_stars / 2 if self.half_stars else None


class HookDelivery(models.Model):
    """A line in the log of what media servers told, for the member; the last hundred are kept."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        related_name="hook_deliveries",
        on_delete=models.CASCADE,
        db_index=False,  # the index below begins with it
    )
    server = models.CharField(_("server"), max_length=20, choices=ServerKind.choices, blank=True)
    title = models.CharField(_("title"), max_length=300, blank=True)
    # Why nothing came of it, by code; blank where ``event`` says what became of it.
    ignored = models.CharField(_("left alone because"), max_length=30, blank=True)
    repeated = models.BooleanField(_("told before"), default=False)
    event = models.ForeignKey(
        WatchEvent,
        verbose_name=_("play or rating"),
        related_name="deliveries",
        null=True,
        on_delete=models.CASCADE,
    )
    times = models.PositiveIntegerField(_("times"), default=1)
    received_at = models.DateTimeField(_("received at"), default=timezone.now)

    class Meta:
        ordering = ["-received_at", "-pk"]
        verbose_name = _("delivery of a media server")
        verbose_name_plural = _("deliveries of media servers")
        indexes = [models.Index(fields=["user", "-received_at"], name="catalog_delivery_by_time")]

    def __str__(self) -> str:
        return f"{self.title} from {self.server}, user {self.user_id}"

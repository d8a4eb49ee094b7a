"""Watchlists, hidden movies and seen movies."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .diary import FIRST_SHOW
from .movie import Movie


class WatchlistEntry(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        related_name="watchlist",
        on_delete=models.CASCADE,
        db_index=False,
    )
    movie = models.ForeignKey(
        Movie, verbose_name=_("film"), related_name="+", on_delete=models.CASCADE
    )
    added_at = models.DateTimeField(_("added at"), auto_now_add=True)

    class Meta:
        ordering = ["-added_at", "-pk"]
        verbose_name = _("watchlist entry")
        verbose_name_plural = _("watchlist entries")
        constraints = [
            models.UniqueConstraint(fields=["user", "movie"], name="catalog_watchlist_once")
        ]

    def __str__(self) -> str:
        return f"{self.movie} on the watchlist of user {self.user_id}"


class HiddenMovie(models.Model):
    """A film that a user is not interested in: never recommended to that user."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        related_name="hidden_movies",
        on_delete=models.CASCADE,
        db_index=False,
    )
    movie = models.ForeignKey(
        Movie, verbose_name=_("film"), related_name="+", on_delete=models.CASCADE
    )
    hidden_at = models.DateTimeField(_("hidden at"), auto_now_add=True)

    class Meta:
        ordering = ["-hidden_at", "-pk"]
        verbose_name = _("hidden film")
        verbose_name_plural = _("hidden films")
        constraints = [
            models.UniqueConstraint(fields=["user", "movie"], name="catalog_hidden_once")
        ]

    def __str__(self) -> str:
        return f"{self.movie}, hidden by user {self.user_id}"


class SeenMovie(models.Model):
    """A film that a user has seen, without stars and, where ``watched_on`` is None, without a day.

    A film that is rated or in the diary is seen too, and needs no such row: see
    ``catalog.queries.seen``.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        related_name="seen_movies",
        on_delete=models.CASCADE,
        db_index=False,  # the unique constraint begins with it
    )
    movie = models.ForeignKey(
        Movie, verbose_name=_("film"), related_name="+", on_delete=models.CASCADE
    )
    watched_on = models.DateField(_("watched on"), null=True, blank=True)
    marked_at = models.DateTimeField(_("marked at"), default=timezone.now)

    class Meta:
        ordering = ["-marked_at", "-pk"]
        verbose_name = _("seen film")
        verbose_name_plural = _("seen films")
        constraints = [
            models.UniqueConstraint(fields=["user", "movie"], name="catalog_seen_once"),
            models.CheckConstraint(
                condition=models.Q(watched_on__isnull=True) | models.Q(watched_on__gte=FIRST_SHOW),
                name="catalog_seen_since_films",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.movie}, seen by user {self.user_id}"

"""Watchlists and hidden movies."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

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
        Movie, verbose_name=_("movie"), related_name="+", on_delete=models.CASCADE
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
        return f"movie {self.movie_id} on the watchlist of user {self.user_id}"


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
        Movie, verbose_name=_("movie"), related_name="+", on_delete=models.CASCADE
    )
    hidden_at = models.DateTimeField(_("hidden at"), auto_now_add=True)

    class Meta:
        ordering = ["-hidden_at", "-pk"]
        verbose_name = _("hidden movie")
        verbose_name_plural = _("hidden movies")
        constraints = [
            models.UniqueConstraint(fields=["user", "movie"], name="catalog_hidden_once")
        ]

    def __str__(self) -> str:
        return f"movie {self.movie_id} hidden by user {self.user_id}"

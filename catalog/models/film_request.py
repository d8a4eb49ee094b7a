"""Films that members asked the site to add from TMDB."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .movie import Movie


class RequestState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    WORKING = "working", _("Being added")
    DONE = "done", _("Added")
    FAILED = "failed", _("Not added")


OPEN = (RequestState.WAITING, RequestState.WORKING)


class RequestProblem(models.TextChoices):
    NOT_THERE = "not-there", _("TMDB has no such film.")
    UNAVAILABLE = "unavailable", _("TMDB did not answer. Try again later.")
    REFUSED = "refused", _("TMDB refuses this site's key: tell its operator.")
    UNREADABLE = "unreadable", _("TMDB's answer could not be read.")
    OFF = "off", _("This site does not ask TMDB any more.")
    LOST = "lost", _("Something went wrong on this site.")


class FilmRequest(models.Model):
    """The wish, its progress and its outcome; a Celery worker does the rest."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("member"),
        related_name="film_requests",
        on_delete=models.CASCADE,
        db_index=False,  # The index below begins with it.
    )
    tmdb_id = models.PositiveIntegerField(_("TMDB id"))
    title = models.CharField(_("title"), max_length=300, blank=True)
    state = models.CharField(
        _("state"), max_length=7, choices=RequestState, default=RequestState.WAITING
    )
    problem = models.CharField(_("problem"), max_length=11, choices=RequestProblem, blank=True)
    movie = models.ForeignKey(
        Movie,
        verbose_name=_("film"),
        related_name="+",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("asked at"), default=timezone.now)
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("film asked for")
        verbose_name_plural = _("films asked for")
        indexes = [
            models.Index(fields=["user", "-created_at"], name="catalog_request_by_user"),
            models.Index(
                fields=["changed_at"],
                condition=models.Q(state__in=["waiting", "working"]),
                name="catalog_request_open",
            ),
        ]

    def __str__(self) -> str:
        return self.title or f"TMDB {self.tmdb_id}"

    def get_absolute_url(self) -> str:
        return reverse("catalog:film-request", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

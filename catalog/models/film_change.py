"""What editors changed in films: who, when, what stood there before and what after."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .movie import Movie


class FilmChange(models.Model):
    """One save of an editor. Imports and refreshes write none.

    ``fields`` has a pair, before and after, for each field that changed, as JSON can hold them: a
    relation is a key or a list of keys, and the names that they had stand in ``names``.
    """

    movie = models.ForeignKey(
        Movie, verbose_name=_("film"), related_name="changes", on_delete=models.CASCADE
    )
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("changed by"),
        related_name="+",
        null=True,
        on_delete=models.SET_NULL,
    )
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now)
    fields = models.JSONField(_("fields"))
    names = models.JSONField(_("names"), default=dict)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)

    class Meta:
        ordering = ["-changed_at", "-pk"]
        verbose_name = _("change of a film")
        verbose_name_plural = _("changes of films")

    def __str__(self) -> str:
        return str(self.movie)

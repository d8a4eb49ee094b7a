"""Searches in the list of films that an editor comes back to."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    def for_editor(self, user: AbstractBaseUser | AnonymousUser) -> SavedSearchQuerySet:
        """Their own, and those that others share."""
        return self.filter(models.Q(editor_id=user.pk) | models.Q(shared=True))


class SavedSearch(models.Model):
    """A name for a search with its filters, as the address of the list has them."""

    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("editor"),
        related_name="+",
        on_delete=models.CASCADE,
        db_index=False,  # the constraint's index begins with it
    )
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("search"), max_length=1000)
    shared = models.BooleanField(_("for all editors"), default=False)

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        constraints = [
            models.UniqueConstraint(fields=["editor", "name"], name="catalog_saved_search_once")
        ]

    def __str__(self) -> str:
        return self.name

"""Lists of films that members make."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from .movie import Movie

PUBLISHED = models.Q(is_public=True, taken_down=False)


class MovieListQuerySet(models.QuerySet["MovieList"]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> MovieListQuerySet:
        """The reader's own lists; of everybody else only those that are published."""
        return self.filter(PUBLISHED | models.Q(user_id=user.pk or 0))

    def published(self) -> MovieListQuerySet:
        """Public lists that no moderator took down."""
        return self.filter(PUBLISHED)

    def with_sizes(self, at_least: int = 0) -> MovieListQuerySet:
        """Each list with the number of its films as ``size``, without those that are hidden."""
        entries = MovieListEntry.objects.filter(list_id=models.OuterRef("pk"))
        films = entries.filter(movie__hidden=False).order_by()
        counted = films.values("list_id").annotate(films=models.Count("pk")).values("films")
        sized = self.annotate(
            size=Coalesce(models.Subquery(counted, output_field=models.IntegerField()), 0)
        )
        return sized.filter(size__gte=at_least) if at_least else sized


class MovieList(models.Model):
    """Films in an order of the member's own; who may read it is ``is_public``.

    ``catalog.services.lists`` keeps how many lists a member, and how many films a list, may have.
    """

    MOST_PER_MEMBER: ClassVar[int] = 200
    MOST_FILMS: ClassVar[int] = 1000

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        related_name="movie_lists",
        on_delete=models.CASCADE,
        db_index=False,
    )
    title = models.CharField(_("title"), max_length=100)
    description = models.CharField(_("description"), max_length=2000, blank=True)
    is_public = models.BooleanField(_("public"), default=False)
    # Written by ``catalog.services.moderation``; nobody else sees the list then, public or not.
    taken_down = models.BooleanField(_("taken down"), default=False, editable=False)
    created_at = models.DateTimeField(_("made at"), default=timezone.now)
    # Adding, moving and removing films count as a change of the list.
    updated_at = models.DateTimeField(_("changed at"), default=timezone.now)

    movies = models.ManyToManyField(Movie, through="MovieListEntry", related_name="+")

    objects = MovieListQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-pk"]
        verbose_name = _("list of films")
        verbose_name_plural = _("lists of films")
        indexes = [
            models.Index(fields=["user", "-updated_at", "-id"], name="catalog_list_of_member")
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(title=""), name="catalog_list_has_title")
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("catalog:list", args=[self.pk, self.slug])

    @property
    def is_published(self) -> bool:
        """Whether others can read it."""
        return self.is_public and not self.taken_down

    @property
    def slug(self) -> str:
        return slugify(self.title) or "list"


class MovieListEntry(models.Model):
    """A film of a list. Positions tell the order, from 0; they may have gaps."""

    list = models.ForeignKey(
        MovieList,
        verbose_name=_("list of films"),
        related_name="entries",
        on_delete=models.CASCADE,
        db_index=False,  # the unique constraints begin with it
    )
    movie = models.ForeignKey(
        Movie, verbose_name=_("film"), related_name="+", on_delete=models.CASCADE
    )
    position = models.PositiveIntegerField(_("position"))
    note = models.CharField(_("note"), max_length=20_000, blank=True)
    added_at = models.DateTimeField(_("added at"), default=timezone.now)

    class Meta:
        ordering = ["position"]
        verbose_name = _("film of a list")
        verbose_name_plural = _("films of a list")
        constraints = [
            models.UniqueConstraint(fields=["list", "movie"], name="catalog_list_entry_once"),
            # Looked at when a transaction ends: films change places by one statement.
            models.UniqueConstraint(
                fields=["list", "position"],
                name="catalog_list_entry_place",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.movie} on list {self.list_id}"

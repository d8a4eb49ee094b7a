"""Imported datasets, with the credits that must be shown."""

from django.core.cache import cache
from django.db import models
from django.utils.translation import gettext_lazy as _

from .movie import Movie

CREDITS_CACHE_KEY = "catalog.dataset.credits"
CREDITS_CACHE_SECONDS = 60


class DatasetQuerySet(models.QuerySet["Dataset"]):
    def credits(self) -> list[dict[str, str]]:
        """Name, licence, citation and address of each loaded dataset, from the cache."""
        credits: list[dict[str, str]] | None = cache.get(CREDITS_CACHE_KEY)
        if credits is None:
            credits = list(self.values("title", "licence", "citation", "url"))
            cache.set(CREDITS_CACHE_KEY, credits, CREDITS_CACHE_SECONDS)
        return credits


class Dataset(models.Model):
    """An imported dataset: its name, licence and citation stand in the page footer."""

    slug = models.SlugField(_("name"), unique=True)
    title = models.CharField(_("title"), max_length=200)
    licence = models.TextField(_("licence"), blank=True)
    citation = models.TextField(_("citation"), blank=True)
    url = models.URLField(_("address"), blank=True)
    loaded_at = models.DateTimeField(_("loaded at"), auto_now=True)

    objects = DatasetQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        verbose_name = _("dataset")
        verbose_name_plural = _("datasets")

    def __str__(self) -> str:
        return self.title


class DatasetMovie(models.Model):
    """A film that a dataset has; what it ``brought`` leaves with it where nobody else has it."""

    dataset = models.ForeignKey(
        Dataset,
        verbose_name=_("dataset"),
        related_name="films",
        on_delete=models.CASCADE,
        db_index=False,  # the unique constraint begins with it
    )
    movie = models.ForeignKey(
        Movie, verbose_name=_("film"), related_name="datasets", on_delete=models.CASCADE
    )
    brought = models.BooleanField(_("came with it"))

    class Meta:
        verbose_name = _("film of a dataset")
        verbose_name_plural = _("films of a dataset")
        constraints = [
            models.UniqueConstraint(fields=["dataset", "movie"], name="catalog_dataset_movie_once")
        ]

    def __str__(self) -> str:
        return f"movie {self.movie_id} of dataset {self.dataset_id}"

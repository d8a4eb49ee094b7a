"""External ids of a film, at MovieLens, IMDb and TMDB."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .movie import Movie


class Link(models.Model):
    """A film's ids at MovieLens, IMDb and TMDB."""

    movie = models.OneToOneField(
        Movie, verbose_name=_("film"), related_name="link", on_delete=models.CASCADE
    )
    movielens_id = models.PositiveIntegerField(
        _("MovieLens id"), null=True, blank=True, unique=True
    )
    # MovieLens 100K numbers films in a way of its own.
    ml_100k_id = models.PositiveIntegerField(
        _("MovieLens 100K id"), null=True, blank=True, unique=True
    )
    imdb_id = models.CharField(  # noqa: DJ001
        _("IMDb id"), max_length=12, null=True, blank=True, db_index=True
    )
    tmdb_id = models.PositiveIntegerField(_("TMDB id"), null=True, blank=True, db_index=True)

    class Meta:
        ordering = ["movie_id"]
        verbose_name = _("link")
        verbose_name_plural = _("links")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(imdb_id__isnull=True) | models.Q(imdb_id__regex=r"^tt\d{7,10}$"),
                name="catalog_link_imdb_id_form",
            ),
        ]

    def __str__(self) -> str:
        if self.imdb_id:
            return self.imdb_id
        if self.movielens_id:
            return f"MovieLens {self.movielens_id}"
        return f"TMDB {self.tmdb_id}" if self.tmdb_id else f"MovieLens 100K {self.ml_100k_id}"

    @property
    def imdb_url(self) -> str | None:
        return f"https://www.imdb.com/title/{self.imdb_id}/" if self.imdb_id else None

    @property
    def tmdb_url(self) -> str | None:
        return f"https://www.themoviedb.org/movie/{self.tmdb_id}" if self.tmdb_id else None

    @property
    def movielens_url(self) -> str | None:
        return f"https://movielens.org/movies/{self.movielens_id}" if self.movielens_id else None

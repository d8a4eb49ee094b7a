"""Movies."""

from django.db import models
from django.db.models.functions import Greatest
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from catalog.film_urls import film_address, image_address
from catalog.folding import as_read, fold

from .facets import Collection, Company, Country, Genre, Language

# A statistic about fewer would tell what one of them did. It holds for raters of datasets as well:
# otherwise a figure that disappears would say that a member came to them.
FEWEST_PEOPLE = 5
# By which films are ordered: those that fewer have rated are all alike.
ORDERING_COUNT = Greatest(
    models.F("rating_count"),
    models.Value(FEWEST_PEOPLE - 1),
    output_field=models.IntegerField(),
)

# The columns that say what a film is, as datasets, TMDB and editors know it.
FACTS = (
    "title",
    "original_title",
    "year",
    "release_date",
    "runtime",
    "overview",
    "tagline",
    "original_language",
    "status",
    "homepage",
    "poster_path",
    "adult",
    "video",
    "budget",
    "revenue",
    "popularity",
    "vote_average",
    "vote_count",
)


class MovieQuerySet(models.QuerySet["Movie"]):
    def with_link_and_genres(self) -> "MovieQuerySet":
        """With what the API and the member import show of a film besides its own columns."""
        return self.select_related("link").prefetch_related("genres")

    def visible(self) -> "MovieQuerySet":
        """Without films that an editor has hidden from the site."""
        return self.filter(hidden=False)

    def suitable(self) -> "MovieQuerySet":
        """What anybody may be offered: neither hidden nor known to be for adults only."""
        return self.visible().exclude(adult=True)


class Movie(models.Model):
    """A film with the metadata that The Movies Dataset has; unknown numbers are null, never 0."""

    title = models.CharField(_("title"), max_length=300)
    original_title = models.CharField(_("original title"), max_length=300, blank=True)
    # All titles, translated ones too, folded here because not every PostgreSQL has unaccent.
    search_title = models.TextField(editable=False)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    release_date = models.DateField(_("release date"), null=True, blank=True)
    runtime = models.PositiveSmallIntegerField(_("runtime in minutes"), null=True, blank=True)
    overview = models.TextField(_("overview"), blank=True)
    tagline = models.CharField(_("tagline"), max_length=500, blank=True)
    original_language = models.CharField(_("original language"), max_length=2, blank=True)
    status = models.CharField(_("status"), max_length=30, blank=True)
    homepage = models.URLField(_("homepage"), max_length=500, blank=True)
    poster_path = models.CharField(_("poster path"), max_length=200, blank=True)
    adult = models.BooleanField(_("adults only"), null=True, blank=True)
    video = models.BooleanField(_("video"), null=True, blank=True)
    budget = models.PositiveBigIntegerField(_("budget in US dollars"), null=True, blank=True)
    revenue = models.PositiveBigIntegerField(_("revenue in US dollars"), null=True, blank=True)
    popularity = models.FloatField(_("TMDB popularity"), null=True, blank=True)
    vote_average = models.FloatField(_("TMDB vote average"), null=True, blank=True)
    vote_count = models.PositiveIntegerField(_("TMDB vote count"), null=True, blank=True)

    genres = models.ManyToManyField(
        Genre, verbose_name=_("genres"), related_name="movies", blank=True
    )
    collection = models.ForeignKey(
        Collection,
        verbose_name=_("collection"),
        related_name="movies",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
    )
    companies = models.ManyToManyField(
        Company, verbose_name=_("companies"), related_name="movies", blank=True
    )
    countries = models.ManyToManyField(
        Country, verbose_name=_("countries"), related_name="movies", blank=True
    )
    spoken_languages = models.ManyToManyField(
        Language, verbose_name=_("spoken languages"), related_name="movies", blank=True
    )

    # Kept by a database trigger on ratings: see migration 0002.
    rating_count = models.PositiveIntegerField(_("ratings"), default=0, editable=False)
    half_star_sum = models.PositiveBigIntegerField(default=0, editable=False)

    # Nobody is offered the film; what members wrote about it stays, and models learn from it.
    hidden = models.BooleanField(
        _("hidden from the site"),
        default=False,
        db_default=False,
        help_text=_("No page, search or recommendation shows it. Ratings and diaries keep it."),
    )

    created_at = models.DateTimeField(_("added at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = MovieQuerySet.as_manager()

    # In the reader's language where it is another one; who reads films for a page fills it in.
    local_title = ""
    # The first of the reader's own services that includes the film, likewise.
    service = ""

    class Meta:
        ordering = ["title", "pk"]
        verbose_name = _("film")
        verbose_name_plural = _("films")
        indexes = [
            models.Index(fields=["-rating_count", "id"], name="catalog_movie_by_ratings"),
            models.Index(ORDERING_COUNT.desc(), "id", name="catalog_movie_by_shown_count"),
            models.Index(fields=["year", "id"], name="catalog_movie_by_year"),
            models.Index(fields=["created_at"], name="catalog_movie_by_arrival"),
            models.Index(
                fields=["poster_path"],
                name="catalog_movie_by_poster",
                condition=~models.Q(poster_path=""),
            ),
            models.Index(
                fields=["-rating_count", "id"],
                condition=models.Q(hidden=True),
                name="catalog_movie_hidden",
            ),
            # What is suitable is counted here, without reading the films themselves.
            models.Index(
                fields=["original_language", "id"],
                condition=models.Q(hidden=False) & ~models.Q(adult=True),
                name="catalog_movie_suitable",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(title=""), name="catalog_movie_has_title"),
            models.CheckConstraint(
                condition=models.Q(year__isnull=True) | models.Q(year__range=(1870, 2200)),
                name="catalog_movie_year_is_plausible",
            ),
            models.CheckConstraint(
                condition=models.Q(vote_average__isnull=True)
                | models.Q(vote_average__range=(0, 10)),
                name="catalog_movie_vote_average_in_range",
            ),
            models.CheckConstraint(
                condition=models.Q(half_star_sum__gte=models.F("rating_count"))
                & models.Q(half_star_sum__lte=10 * models.F("rating_count")),
                name="catalog_movie_aggregates_agree",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.year})" if self.year else self.title

    def save(self, *args: object, **kwargs: object) -> None:
        self.fold_titles()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def get_absolute_url(self) -> str:
        return film_address(self.pk, self.title)

    def fold_titles(self) -> None:
        """Bring what search compares up to date with the titles, translated ones included."""
        translated = self.translations.values_list("title", flat=True) if self.pk else ()
        self.search_title = self.folded_titles(self.title, self.original_title, *translated)

    @staticmethod
    def folded_titles(*titles: str) -> str:
        """The searchable form of all titles, and as they are read, without repeating itself.

        Each stands between line ends, so that a plain LIKE tells whole titles and beginnings.
        """
        folded = [one for one in map(fold, titles) if one]
        lines = dict.fromkeys(folded + [as_read(one) for one in folded])
        return "\n{}\n".format("\n".join(lines))

    @property
    def shown_title(self) -> str:
        """In the reader's language, as far as it was looked up."""
        return self.local_title or self.title

    @property
    def slug(self) -> str:
        return slugify(self.title) or "film"

    @cached_property
    def genre_list(self) -> list[Genre]:
        """Its genres by name; who reads many films at once fills it in."""
        return list(self.genres.all())

    @property
    def shown_count(self) -> int:
        """How many have rated it, 0 below `FEWEST_PEOPLE`."""
        return self.rating_count if self.rating_count >= FEWEST_PEOPLE else 0

    @property
    def shown_average(self) -> float | None:
        """The mean for pages and the API, None below `FEWEST_PEOPLE`."""
        return self.average_rating if self.shown_count else None

    @property
    def average_rating(self) -> float | None:
        """Mean of all ratings in stars, or None without ratings."""
        return self.half_star_sum / self.rating_count / 2 if self.rating_count else None

    @property
    def poster_url(self) -> str | None:
        """Where the site itself has the poster, in the size of cards and of the film's page."""
        return image_address(self.poster_path, "w342")

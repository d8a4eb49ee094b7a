"""Rows of imports: what a file says of a film, which film it is, what is done about it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from .member_import import ConflictRule, MemberImport
from .movie import Movie
from .movie_list import MovieList


class RowKind(models.TextChoices):
    RATING = "rating", _("rating")
    WATCHLIST = "watchlist", _("watchlist")
    DIARY = "diary", _("diary")
    SEEN = "seen", _("seen")
    LIST = "list", _("list")
    HIDDEN = "hidden", _("hidden")


class RowOutcome(models.TextChoices):
    """What applying an import does with a row; see `catalog.services.imported_rows`."""

    NEW = "new", _("New")
    CONFLICT = "conflict", _("Different stars")
    UNMATCHED = "unmatched", _("Not found")
    WAITING = "waiting", _("Waiting for the film")
    SAME = "same", _("Already here")
    REPEATED = "repeated", _("More than once")
    LEFT_OUT = "left-out", _("Left out")


class MatchedBy(models.TextChoices):
    IMDB = "imdb", _("IMDb id")
    TMDB = "tmdb", _("TMDB id")
    MOVIELENS = "movielens", _("MovieLens id")
    TITLE = "title", _("title and year")
    NEAR_YEAR = "near-year", _("title, one year off")
    ALIKE = "alike", _("a title that means the same")
    BY_HAND = "by-hand", _("chosen by you")


class ImportList(models.Model):
    """A list of films in an import, and the member's list that it became."""

    member_import = models.ForeignKey(
        MemberImport,
        verbose_name=_("import"),
        related_name="lists",
        on_delete=models.CASCADE,
        db_index=False,
    )
    number = models.PositiveIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=100)
    description = models.CharField(_("description"), max_length=2000, blank=True)
    is_public = models.BooleanField(_("public"), default=False)
    listed_at = models.DateTimeField(_("made at"), null=True)
    changed_at = models.DateTimeField(_("changed at"), null=True)

    movie_list = models.ForeignKey(
        MovieList,
        verbose_name=_("list of films"),
        related_name="+",
        null=True,
        on_delete=models.CASCADE,
    )
    # Whether the import made that list, or added to one that was there.
    made = models.BooleanField(_("made by the import"), default=False)

    class Meta:
        ordering = ["number"]
        verbose_name = _("imported list")
        verbose_name_plural = _("imported lists")
        constraints = [
            models.UniqueConstraint(
                fields=["member_import", "number"], name="catalog_import_list_once"
            )
        ]

    def __str__(self) -> str:
        return self.title


class ImportRow(models.Model):
    """A film in an import: what the file says, which film it is, what is done about it.

    ``before_…`` hold what applying replaced, for undoing it.
    """

    member_import = models.ForeignKey(
        MemberImport,
        verbose_name=_("import"),
        related_name="rows",
        on_delete=models.CASCADE,
        db_index=False,  # the indexes below begin with it
    )
    position = models.PositiveIntegerField(_("position"))
    file = models.CharField(_("file"), max_length=100)
    line = models.PositiveIntegerField(_("line"))
    kind = models.CharField(_("kind"), max_length=10, choices=RowKind.choices)
    # Of two rows for a film the one with the lower number counts, whatever their dates.
    priority = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(_("title"), max_length=300, blank=True)
    folded = models.TextField(editable=False, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True)
    imdb_id = models.CharField(_("IMDb id"), max_length=12, null=True)  # noqa: DJ001
    tmdb_id = models.PositiveIntegerField(_("TMDB id"), null=True)
    movielens_id = models.PositiveIntegerField(_("MovieLens id"), null=True)
    letterboxd_id = models.CharField(_("Letterboxd id"), max_length=100, null=True)  # noqa: DJ001
    director = models.CharField(_("director"), max_length=300, blank=True, default="")
    half_stars = models.PositiveSmallIntegerField(_("half-stars"), null=True)
    happened_at = models.DateTimeField(_("rated or added at"), null=True)
    watched_on = models.DateField(_("watched on"), null=True)
    rewatch = models.BooleanField(_("seen before"), default=False)
    note = models.TextField(_("note"), blank=True, default="")
    # Of a list: the number of its `ImportList`, and where the film stands in it, from 0.
    list_number = models.PositiveIntegerField(_("list"), null=True)
    place = models.PositiveIntegerField(_("place"), null=True)

    movie = models.ForeignKey(
        Movie, verbose_name=_("film"), related_name="+", null=True, on_delete=models.SET_NULL
    )
    matched_by = models.CharField(
        _("matched by"), max_length=10, choices=MatchedBy.choices, blank=True
    )
    suggestions = ArrayField(models.BigIntegerField(), verbose_name=_("suggestions"), default=list)
    left_out = models.BooleanField(_("left out"), default=False)
    # Overrules the import's rule where both have stars; blank: the rule decides.
    take = models.CharField(
        _("whose stars"), max_length=10, choices=ConflictRule.choices, blank=True
    )
    outcome = models.CharField(
        _("outcome"),
        max_length=10,
        choices=RowOutcome.choices,
        default=RowOutcome.UNMATCHED,
    )

    written = models.BooleanField(_("written"), default=False)
    # When the film came that the row had waited for.
    arrived_at = models.DateTimeField(_("film arrived at"), null=True)
    before_half_stars = models.PositiveSmallIntegerField(null=True)
    before_rated_at = models.DateTimeField(null=True)
    before_hidden_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position"]
        verbose_name = _("imported row")
        verbose_name_plural = _("imported rows")
        indexes = [
            models.Index(
                fields=["member_import", "outcome", "position"], name="catalog_import_outcome"
            ),
            *(
                models.Index(
                    fields=[name],
                    name=f"catalog_import_waits_{short}",
                    condition=models.Q(outcome=RowOutcome.WAITING),
                )
                for name, short in (("imdb_id", "imdb"), ("tmdb_id", "tmdb"), ("folded", "title"))
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["member_import", "position"], name="catalog_import_row_once"
            ),
            models.CheckConstraint(
                condition=models.Q(half_stars__isnull=True) | models.Q(half_stars__range=(1, 10)),
                name="catalog_import_row_half_stars",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="rating") | models.Q(half_stars__isnull=False),
                name="catalog_import_rating_has_stars",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="diary") | models.Q(watched_on__isnull=False),
                name="catalog_import_diary_has_day",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="list") | models.Q(list_number__isnull=False),
                name="catalog_import_list_row_has_list",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.title}"

    @property
    def stars(self) -> float | None:
        return self.half_stars / 2 if self.half_stars else None


class WaitingRow(ImportRow):
    """A row whose film the catalog does not have yet."""

    class Meta:
        proxy = True
        verbose_name = _("row waiting for a film")
        verbose_name_plural = _("rows waiting for a film")

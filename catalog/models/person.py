"""People who make films, and what they did in each."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.film_urls import image_address, person_address
from catalog.folding import fold

from .movie import Movie


class Department(models.TextChoices):
    """In the order in which a film's page and a person's page name them."""

    DIRECTING = "directing", _("Directing")
    WRITING = "writing", _("Writing")
    PHOTOGRAPHY = "photography", _("Photography")
    MUSIC = "music", _("Music")
    ACTING = "acting", _("Acting")


class Person(models.Model):
    """Somebody who acts in films or makes them."""

    tmdb_id = models.PositiveIntegerField(_("TMDB id"), null=True, blank=True, unique=True)
    name = models.CharField(_("name"), max_length=200)
    # Folded, between blanks, so that a plain LIKE tells whole words and beginnings of words.
    search_name = models.TextField(editable=False)
    profile_path = models.CharField(_("picture's path"), max_length=200, blank=True)
    locked = models.BooleanField(
        _("keep as edited"),
        default=False,
        help_text=_("Refreshes and imports then leave name and picture as they are."),
    )
    # Kept by a database trigger on credits: see migration 0041.
    credit_count = models.PositiveIntegerField(_("credits"), default=0, editable=False)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("person")
        verbose_name_plural = _("people")
        indexes = [
            models.Index(fields=["-credit_count", "id"], name="catalog_person_by_credits"),
            models.Index(fields=["search_name"], name="catalog_person_by_name"),
            models.Index(
                fields=["profile_path"],
                name="catalog_person_by_picture",
                condition=~models.Q(profile_path=""),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="catalog_person_has_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.search_name = self.folded_name(self.name)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def get_absolute_url(self) -> str:
        return person_address(self.pk, self.name)

    @staticmethod
    def folded_name(name: str) -> str:
        """The searchable form of a name."""
        return f" {fold(name)} "

    @property
    def initials(self) -> str:
        """First letters of the first and the last name, for where there is no picture."""
        words = [word for word in self.name.split() if word[0].isalnum()]
        return "".join(word[0] for word in dict.fromkeys((*words[:1], *words[-1:]))).upper()

    @property
    def image_url(self) -> str | None:
        return image_address(self.profile_path, "w185")

    @property
    def tmdb_url(self) -> str | None:
        return f"https://www.themoviedb.org/person/{self.tmdb_id}" if self.tmdb_id else None


class Credit(models.Model):
    """What a person did in a film; several characters of one actor are one credit."""

    movie = models.ForeignKey(
        Movie,
        verbose_name=_("film"),
        related_name="credits",
        on_delete=models.CASCADE,
        db_index=False,  # The constraint's index begins with it.
    )
    person = models.ForeignKey(
        Person, verbose_name=_("person"), related_name="credits", on_delete=models.CASCADE
    )
    department = models.CharField(_("department"), max_length=12, choices=Department)
    job = models.CharField(_("job"), max_length=60, blank=True)
    character = models.CharField(_("character"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(_("place in the credits"), default=0)

    class Meta:
        ordering = ["movie_id", "department", "position", "pk"]
        verbose_name = _("credit")
        verbose_name_plural = _("credits")
        constraints = [
            models.UniqueConstraint(
                fields=["movie", "person", "department", "job"], name="catalog_credit_once"
            ),
        ]

    def __str__(self) -> str:
        what = self.job or self.character or self.get_department_display()
        return f"{self.person}, {what}"

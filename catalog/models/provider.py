"""Where a film can be watched: providers, and what they offer in a country. Data of JustWatch."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .movie import Movie


class Provider(models.Model):
    """A service that shows, rents out or sells films."""

    tmdb_id = models.PositiveIntegerField(_("TMDB id"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    logo_path = models.CharField(_("logo path"), max_length=200, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("provider")
        verbose_name_plural = _("providers")

    def __str__(self) -> str:
        return self.name


class OfferKind(models.TextChoices):
    """In the order in which a page names them."""

    FLATRATE = "flatrate", _("Included")
    FREE = "free", _("Free")
    ADS = "ads", _("Free with advertisements")
    RENT = "rent", _("Rent")
    BUY = "buy", _("Buy")


# What a subscription or nothing at all pays for.
INCLUDED = (OfferKind.FLATRATE, OfferKind.FREE, OfferKind.ADS)


class Offer(models.Model):
    """One provider has the film in one country."""

    movie = models.ForeignKey(
        Movie,
        verbose_name=_("film"),
        related_name="offers",
        on_delete=models.CASCADE,
        db_index=False,  # The constraint's index begins with it.
    )
    country = models.CharField(_("ISO 3166-1 code"), max_length=2)
    kind = models.CharField(_("kind"), max_length=8, choices=OfferKind)
    provider = models.ForeignKey(
        Provider,
        verbose_name=_("provider"),
        related_name="offers",
        on_delete=models.CASCADE,
        db_index=False,  # The index below begins with it.
    )
    priority = models.PositiveIntegerField(_("place in TMDB's order"), default=0)

    class Meta:
        ordering = ["movie_id", "country", "priority", "pk"]
        verbose_name = _("offer of a provider")
        verbose_name_plural = _("offers of providers")
        constraints = [
            models.UniqueConstraint(
                fields=["movie", "country", "kind", "provider"], name="catalog_offer_once"
            )
        ]
        indexes = [
            models.Index(fields=["provider", "country", "kind"], name="catalog_offer_by_provider")
        ]

    def __str__(self) -> str:
        return f"{self.movie_id} in {self.country}: {self.kind} by {self.provider_id}"

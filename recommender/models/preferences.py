"""The filters that a member chose for recommendations."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Preferences(models.Model):
    """One row per member who changed something; nobody else needs one."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        related_name="recommendation_preferences",
        primary_key=True,
        on_delete=models.CASCADE,
    )
    include_genres = ArrayField(
        models.BigIntegerField(), verbose_name=_("only these genres"), default=list, blank=True
    )
    exclude_genres = ArrayField(
        models.BigIntegerField(), verbose_name=_("none of these genres"), default=list, blank=True
    )
    year_from = models.PositiveSmallIntegerField(_("from year"), null=True, blank=True)
    year_to = models.PositiveSmallIntegerField(_("to year"), null=True, blank=True)
    runtime_from = models.PositiveSmallIntegerField(_("from minutes"), null=True, blank=True)
    runtime_to = models.PositiveSmallIntegerField(_("to minutes"), null=True, blank=True)
    languages = ArrayField(
        models.CharField(max_length=2), verbose_name=_("languages"), default=list, blank=True
    )
    show_adult = models.BooleanField(_("show films for adults only"), default=False)
    popularity = models.FloatField(_("well known or hidden gems"), default=0.0)
    diversity = models.FloatField(_("variety"), default=0.0)

    class Meta:
        verbose_name = _("preferences")
        verbose_name_plural = _("preferences")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(popularity__range=(-1, 1)),
                name="recommender_preferences_popularity_in_range",
            ),
            models.CheckConstraint(
                condition=models.Q(diversity__range=(0, 1)),
                name="recommender_preferences_diversity_in_range",
            ),
            models.CheckConstraint(
                condition=models.Q(year_from__isnull=True)
                | models.Q(year_to__isnull=True)
                | models.Q(year_from__lte=models.F("year_to")),
                name="recommender_preferences_years_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(runtime_from__isnull=True)
                | models.Q(runtime_to__isnull=True)
                | models.Q(runtime_from__lte=models.F("runtime_to")),
                name="recommender_preferences_runtimes_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"preferences of user {self.user_id}"

"""When to retrain and what may go live: settings that an administrator edits in the site."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

SINGLETON_PK = 1


class RetrainingPolicy(models.Model):
    """The one row of settings; ``RetrainingPolicy.current()`` reads it."""

    enabled = models.BooleanField(
        _("retrain automatically"),
        default=True,
        help_text=_("Off: only runs started by hand or by the schedule of full retrains."),
    )
    new_ratings = models.PositiveIntegerField(
        _("new ratings that start a quick update"),
        default=500,
        validators=[MinValueValidator(1)],
        help_text=_("The environment variable MATINEE_RETRAIN_AFTER overrules it and the share."),
    )
    new_ratings_percent = models.FloatField(
        _("and at least this share of all ratings, in percent"),
        default=1.0,
        validators=[MinValueValidator(0.0), MaxValueValidator(100.0)],
    )
    max_age_hours = models.PositiveIntegerField(
        _("retrain from scratch when the last full retrain is older, in hours"),
        default=7 * 24,
        help_text=_("Only when a rating has changed since. 0: no limit."),
    )
    minimum_ratings = models.PositiveIntegerField(
        _("ratings needed for the first version"), default=50
    )
    debounce_seconds = models.PositiveIntegerField(
        _("wait for this many quiet seconds"),
        default=3,
        help_text=_("So that a burst of ratings gives one run."),
    )
    debounce_max_seconds = models.PositiveIntegerField(
        _("but wait no longer than, in seconds"), default=15
    )
    min_seconds_between_runs = models.PositiveIntegerField(
        _("rest between two runs of a kind, in seconds"), default=30
    )

    holdout_percent = models.FloatField(
        _("ratings kept for the gate, in percent"),
        default=5.0,
        validators=[MinValueValidator(0.0), MaxValueValidator(20.0)],
        help_text=_("No model trains on them, so that any two can be compared on them."),
    )
    gate_questions = models.PositiveIntegerField(
        _("newest of them that are asked"), default=20_000, validators=[MinValueValidator(1)]
    )
    gate_minimum_questions = models.PositiveIntegerField(
        _("questions below which the gate does not judge"), default=100
    )
    gate_stars_margin_percent = models.FloatField(
        _("how much worse a candidate's stars may be, in percent of the opponent's RMSE"),
        default=0.2,
        validators=[MinValueValidator(0.0), MaxValueValidator(100.0)],
    )
    gate_next_margin_percent = models.FloatField(
        _("how much worse its next films may rank, in percent of the opponent's mean rank"),
        default=0.5,
        validators=[MinValueValidator(0.0), MaxValueValidator(100.0)],
    )
    gate_page_margin_percent = models.FloatField(
        _("how much worse liked films may rank on the page, in percent of the mean rank there"),
        default=4.0,
        validators=[MinValueValidator(0.0), MaxValueValidator(100.0)],
    )
    gate_certainty_percent = models.FloatField(
        _("how sure the gate must be to turn a candidate down, in percent"),
        default=95.0,
        validators=[MinValueValidator(50.0), MaxValueValidator(99.9)],
        help_text=_("Of all that it compares together."),
    )
    keep_versions = models.PositiveIntegerField(
        _("versions of each kind whose files are kept"),
        default=5,
        validators=[MinValueValidator(1)],
    )

    class Meta:
        verbose_name = _("retraining settings")
        verbose_name_plural = _("retraining settings")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(id=SINGLETON_PK), name="recommender_policy_is_one_row"
            ),
            models.CheckConstraint(
                condition=models.Q(holdout_percent__range=(0, 20)),
                name="recommender_policy_holdout_in_range",
            ),
            models.CheckConstraint(
                condition=models.Q(debounce_max_seconds__gte=models.F("debounce_seconds")),
                name="recommender_policy_debounce_order",
                violation_error_message=_("The longest wait must not be shorter than the quiet."),
            ),
            models.CheckConstraint(
                condition=models.Q(keep_versions__gte=1), name="recommender_policy_keeps_one"
            ),
        ]

    def __str__(self) -> str:
        return str(_("Retraining settings"))

    def save(self, *args: object, **kwargs: object) -> None:
        self.pk = SINGLETON_PK
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @classmethod
    def current(cls) -> "RetrainingPolicy":
        """The stored settings, or the defaults before anybody saved some."""
        return cls.objects.filter(pk=SINGLETON_PK).first() or cls(pk=SINGLETON_PK)

    def new_ratings_needed(self, rating_count: int) -> int:
        """How many new ratings start a run, for a newest version that saw ``rating_count``."""
        if settings.MATINEE_RETRAIN_AFTER > 0:
            return settings.MATINEE_RETRAIN_AFTER
        share = int(rating_count * self.new_ratings_percent / 100)
        return max(1, self.new_ratings, share)

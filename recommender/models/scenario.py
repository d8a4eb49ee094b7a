"""Named sets of rules for recommendations, which an operator edits and a client asks for."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Question(models.TextChoices):
    PICKS = "picks", _("what somebody would like most")
    NEXT = "next", _("what somebody would watch next")
    POPULAR = "popular", _("what most people have rated")


class Scenario(models.Model):
    """``rules`` hold ``filters`` as they are saved for members, ``boosts`` and ``pins``.

    A boost is a genre's key and by how many standard deviations of the score its films rise, or
    fall; a pin is a film's key.
    """

    name = models.SlugField(
        _("name"), max_length=50, unique=True, help_text=_("By this name programs ask for it.")
    )
    description = models.CharField(_("description"), max_length=200, blank=True)
    is_active = models.BooleanField(_("can be asked for"), default=True)
    question = models.CharField(
        _("ranked by"), max_length=10, choices=Question.choices, default=Question.PICKS
    )
    diversity = models.FloatField(
        _("variety"),
        default=0.0,
        validators=[MinValueValidator(0.0), MaxValueValidator(1.0)],
        help_text=_("From 0, the best films however alike, to 1."),
    )
    popularity = models.FloatField(
        _("well known or hidden gems"),
        default=0.0,
        validators=[MinValueValidator(-1.0), MaxValueValidator(1.0)],
        help_text=_("From -1, hidden gems, to 1, well known films."),
    )
    rules = models.JSONField(default=dict, blank=True, editable=False)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("scenario")
        verbose_name_plural = _("scenarios")

    def __str__(self) -> str:
        return self.name

"""Reports of public pages by members, and what moderators took down."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .movie_list import MovieList


class Concern(models.TextChoices):
    """What is wrong with a page."""

    SPAM = "spam", _("advertising or spam")
    OFFENSIVE = "offensive", _("insulting or hateful")
    PRIVATE = "private", _("shows private things of somebody")
    UNLAWFUL = "unlawful", _("against the law")
    OTHER = "other", _("something else")


class Outcome(models.TextChoices):
    TAKEN_DOWN = "taken_down", _("taken down")
    DISMISSED = "dismissed", _("nothing wrong with it")


class Part(models.TextChoices):
    """What a moderator can take down."""

    LIST = "list", _("list")
    PROFILE = "profile", _("profile")
    NAME = "name", _("user name")


class ReportQuerySet(models.QuerySet["Report"]):
    def waiting(self) -> ReportQuerySet:
        return self.filter(settled_at__isnull=True)

    def about_list(self, films: MovieList) -> ReportQuerySet:
        return self.filter(list=films)

    def about_profile(self, member_id: int) -> ReportQuerySet:
        return self.filter(member_id=member_id, list__isnull=True)


class Report(models.Model):
    """Somebody finds that a public list, or a profile with its name, should not be there.

    ``member`` is whose page it is; without a ``list`` the report is about the profile.
    """

    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("reported by"),
        related_name="+",
        on_delete=models.CASCADE,
    )
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("page of"),
        related_name="+",
        on_delete=models.CASCADE,
    )
    list = models.ForeignKey(
        MovieList,
        verbose_name=_("list of films"),
        related_name="+",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
    )
    concern = models.CharField(_("what is wrong"), max_length=20, choices=Concern.choices)
    note = models.CharField(_("note"), max_length=500, blank=True)
    made_at = models.DateTimeField(_("reported at"), default=timezone.now)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = pgettext_lazy("of a page", "report")
        verbose_name_plural = _("reports")
        indexes = [
            models.Index(
                fields=["-id"],
                condition=models.Q(settled_at__isnull=True),
                name="catalog_report_waiting",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["reporter", "list"],
                condition=models.Q(settled_at__isnull=True, list__isnull=False),
                name="catalog_report_of_list_once",
            ),
            models.UniqueConstraint(
                fields=["reporter", "member"],
                condition=models.Q(settled_at__isnull=True, list__isnull=True),
                name="catalog_report_of_profile_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(reporter=models.F("member")), name="catalog_report_of_other"
            ),
        ]

    def __str__(self) -> str:
        # Without names: the admin's history keeps this, also when the member is gone.
        return f"report {self.pk}"


class TakedownQuerySet(models.QuerySet["Takedown"]):
    def in_force(self) -> TakedownQuerySet:
        return self.filter(lifted_at__isnull=True)

    def to_review(self) -> TakedownQuerySet:
        """Those whose member asked, and waits for an answer."""
        return self.in_force().filter(review_asked_at__isnull=False, answered_at__isnull=True)


class Takedown(models.Model):
    """A moderator took a member's list, profile or user name off the public site.

    It is in force until a moderator lifts it, which the member may ask for. The list or profile
    says itself that it is taken down; ``catalog.services.moderation`` writes both.
    """

    part = models.CharField(_("what"), max_length=10, choices=Part.choices)
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("member"),
        related_name="takedowns",
        on_delete=models.CASCADE,
    )
    list = models.ForeignKey(
        MovieList,
        verbose_name=_("list of films"),
        related_name="takedowns",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
    )
    concern = models.CharField(_("what is wrong"), max_length=20, choices=Concern.choices)
    explanation = models.CharField(
        _("explanation"), max_length=1000, help_text=_("The member reads it.")
    )
    former_name = models.CharField(_("name before"), max_length=150, blank=True)
    made_at = models.DateTimeField(_("taken down at"), default=timezone.now)
    mailed_at = models.DateTimeField(_("mailed at"), null=True, blank=True, editable=False)
    review_asked_at = models.DateTimeField(_("review asked at"), null=True, blank=True)
    plea = models.CharField(_("what the member says"), max_length=1000, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=1000, blank=True)
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)

    objects = TakedownQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("takedown")
        verbose_name_plural = _("takedowns")
        constraints = [
            models.UniqueConstraint(
                fields=["list"],
                condition=models.Q(lifted_at__isnull=True, list__isnull=False),
                name="catalog_takedown_of_list_once",
            ),
            models.UniqueConstraint(
                fields=["member", "part"],
                condition=models.Q(lifted_at__isnull=True, list__isnull=True),
                name="catalog_takedown_of_member_once",
            ),
            models.CheckConstraint(
                condition=models.Q(part="list", list__isnull=False)
                | (~models.Q(part="list") & models.Q(list__isnull=True)),
                name="catalog_takedown_list_of_lists",
            ),
        ]

    def __str__(self) -> str:
        # Without names, as reports.
        return f"takedown {self.pk}"

    @property
    def waits_for_review(self) -> bool:
        return bool(self.review_asked_at) and not self.answered_at and not self.lifted_at

    @property
    def may_be_reviewed(self) -> bool:
        """The member can ask: once, and again after each answer."""
        return self.lifted_at is None and not self.waits_for_review

    @classmethod
    def of_name(cls, user: AbstractBaseUser) -> Takedown | None:
        """The one of the member's name that is in force."""
        return cls.objects.in_force().filter(member_id=user.pk, part=Part.NAME).first()

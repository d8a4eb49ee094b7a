"""Reports by members, and taking down and giving back by moderators: the one write path."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.broker import send
from catalog.models import MovieList, Report, Sharing, Takedown
from catalog.models.moderation import Outcome, Part, ReportQuerySet

MOST_REPORTS_A_DAY = 20
MAIL_TASK = "catalog.tasks.mail_takedown"


class ModerationError(ValueError):
    """It cannot be done; the message says why, in the reader's language."""


def report_list(reporter_id: int, films: MovieList, concern: str, note: str = "") -> Report:
    """Report a public list. Raises ModerationError for one's own, a second time, or too many."""
    return _report(reporter_id, films.user_id, films, concern, note)


def report_profile(reporter_id: int, member_id: int, concern: str, note: str = "") -> Report:
    """Report a member's public profile with the name on it. Raises as ``report_list``."""
    return _report(reporter_id, member_id, None, concern, note)


def _report(
    reporter_id: int, member_id: int, films: MovieList | None, concern: str, note: str
) -> Report:
    if reporter_id == member_id:
        raise ModerationError(_("This is your own page."))
    with transaction.atomic():
        _one_at_a_time(reporter_id)
        mine = Report.objects.filter(reporter_id=reporter_id)
        if mine.filter(made_at__gt=timezone.now() - timedelta(days=1)).count() >= (
            MOST_REPORTS_A_DAY
        ):
            raise ModerationError(
                _("You have reported %(most)d pages today: more tomorrow.")
                % {"most": MOST_REPORTS_A_DAY}
            )
        if mine.waiting().filter(member_id=member_id, list=films).exists():
            raise ModerationError(_("You have reported this already; a moderator will look."))
        return Report.objects.create(
            reporter_id=reporter_id, member_id=member_id, list=films, concern=concern, note=note
        )


def dismiss(reports: ReportQuerySet) -> int:
    """Settle reports that found nothing wrong. Returns how many waited."""
    return _settle(reports, Outcome.DISMISSED)


def take_down_list(films: MovieList, concern: str, explanation: str) -> Takedown:
    """Nobody but its member sees the list. Raises ModerationError when it is down already."""
    with transaction.atomic():
        locked = MovieList.objects.select_for_update(no_key=True).get(pk=films.pk)
        if locked.taken_down:
            raise ModerationError(_("This list is taken down already."))
        MovieList.objects.filter(pk=films.pk).update(taken_down=True)
        _settle(Report.objects.about_list(films), Outcome.TAKEN_DOWN)
        return _told(
            Takedown.objects.create(
                part=Part.LIST,
                member_id=locked.user_id,
                list=locked,
                concern=concern,
                explanation=explanation,
            )
        )


def take_down_profile(member_id: int, concern: str, explanation: str) -> Takedown:
    """Nobody but the member sees the profile; lists stay. Raises when it is down already."""
    with transaction.atomic():
        _one_at_a_time(member_id)
        sharing, _made = Sharing.objects.get_or_create(user_id=member_id)
        if sharing.taken_down:
            raise ModerationError(_("This profile is taken down already."))
        Sharing.objects.filter(pk=member_id).update(taken_down=True)
        _settle(Report.objects.about_profile(member_id), Outcome.TAKEN_DOWN)
        return _told(
            Takedown.objects.create(
                part=Part.PROFILE, member_id=member_id, concern=concern, explanation=explanation
            )
        )


def take_down_name(member_id: int, concern: str, explanation: str) -> Takedown:
    """Give the member a neutral name, to be changed only after a review.

    Whoever has no e-mail address could not log in under a name never heard of, and administrators
    keep theirs: raises ModerationError for both, and for a name that is taken down already.
    """
    with transaction.atomic():
        member = _one_at_a_time(member_id)
        if member.is_superuser:
            raise ModerationError(_("An administrator's name cannot be taken down."))
        if not member.email:
            raise ModerationError(
                _("This member has no e-mail address to log in by: ask an administrator.")
            )
        if Takedown.of_name(member) is not None:
            raise ModerationError(_("This name is taken down already."))
        former, member.username = member.username, _neutral_name(member_id)
        member.save(update_fields=["username"])
        _settle(Report.objects.about_profile(member_id), Outcome.TAKEN_DOWN)
        return _told(
            Takedown.objects.create(
                part=Part.NAME,
                member_id=member_id,
                concern=concern,
                explanation=explanation,
                former_name=former,
            )
        )


def ask_review(takedown: Takedown, plea: str) -> None:
    """The member asks a moderator to look again. Raises ModerationError where one will, or did."""
    with transaction.atomic():
        locked = Takedown.objects.select_for_update().get(pk=takedown.pk)
        if not locked.may_be_reviewed:
            raise ModerationError(_("You have asked already; a moderator will look."))
        locked.review_asked_at, locked.plea = timezone.now(), plea
        locked.answered_at, locked.answer = None, ""
        locked.save(update_fields=["review_asked_at", "plea", "answered_at", "answer"])


def uphold(takedown: Takedown, answer: str) -> None:
    """It stays down; the member reads the answer and may ask again."""
    _answer(takedown, answer, lifts=False)


def lift(takedown: Takedown, answer: str = "") -> None:
    """Give back what was taken down, as the member has it now; a name may be chosen again."""
    _answer(takedown, answer, lifts=True)


def _answer(takedown: Takedown, answer: str, *, lifts: bool) -> None:
    with transaction.atomic():
        locked = Takedown.objects.select_for_update().get(pk=takedown.pk)
        if locked.lifted_at is not None:
            raise ModerationError(_("This takedown was lifted already."))
        locked.answered_at, locked.answer = timezone.now(), answer
        if lifts:
            locked.lifted_at = locked.answered_at
            if locked.part == Part.LIST:
                MovieList.objects.filter(takedowns=locked).update(taken_down=False)
            elif locked.part == Part.PROFILE:
                Sharing.objects.filter(pk=locked.member_id).update(taken_down=False)
        locked.mailed_at = None
        locked.save(update_fields=["answered_at", "answer", "lifted_at", "mailed_at"])
        _told(locked)


def _told(takedown: Takedown) -> Takedown:
    """The site tells on the member's own pages; a mail goes where mail is configured."""
    transaction.on_commit(lambda: send(MAIL_TASK, takedown.pk))
    return takedown


def _settle(reports: ReportQuerySet, outcome: Outcome) -> int:
    return reports.waiting().update(settled_at=timezone.now(), outcome=outcome)


def _neutral_name(member_id: int) -> str:
    users, name, number = get_user_model().objects, f"member-{member_id}", 0
    while users.filter(username=name).exists():
        number += 1
        name = f"member-{member_id}-{number}"
    return name


def _one_at_a_time(user_id: int) -> Any:
    return get_user_model().objects.select_for_update(no_key=True).get(pk=user_id)

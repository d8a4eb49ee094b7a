"""Reports once and not too many; what is taken down stays so until a moderator lifts it."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog.models import MovieList, Report, Sharing, Takedown
from catalog.queries.members import profiles_for
from catalog.services import moderation
from catalog.services.lists import make_list
from catalog.services.moderation import (
    MOST_REPORTS_A_DAY,
    ModerationError,
    ask_review,
    dismiss,
    lift,
    report_list,
    report_profile,
    take_down_list,
    take_down_name,
    take_down_profile,
    uphold,
)

User = get_user_model()


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Takedowns of which a mail would have been sent."""
    keys: list[int] = []
    monkeypatch.setattr(moderation, "send", lambda task, key: keys.append(key) is None)
    return keys


@pytest.fixture
def eve(db: None) -> AbstractUser:
    user: AbstractUser = User.objects.create_user("eve", "eve@example.org")
    return user


@pytest.fixture
def films(ada: AbstractUser) -> MovieList:
    return make_list(user_id=ada.pk, title="Rude words", is_public=True)


def seen_by(user: AbstractUser) -> list[MovieList]:
    return list(MovieList.objects.visible_to(user))


def test_a_page_is_reported_once_by_each(
    ada: AbstractUser, eve: AbstractUser, films: MovieList
) -> None:
    report_list(eve.pk, films, "offensive", "The title")
    with pytest.raises(ModerationError, match="reported this already"):
        report_list(eve.pk, films, "spam")
    report_profile(eve.pk, ada.pk, "other")  # another page
    report_list(User.objects.create_user("joe").pk, films, "spam")
    assert Report.objects.waiting().about_list(films).count() == 2
    for subject in ({"list": films}, {"list": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Report.objects.create(reporter=eve, member=ada, concern="spam", **subject)
    dismiss(Report.objects.about_list(films))
    assert report_list(eve.pk, films, "spam").pk, "what changed may be reported again"


def test_nobody_reports_their_own_page(ada: AbstractUser, films: MovieList) -> None:
    with pytest.raises(ModerationError, match="your own page"):
        report_list(ada.pk, films, "spam")
    assert not Report.objects.exists()


def test_reports_of_a_day_are_limited(eve: AbstractUser, films: MovieList) -> None:
    for number in range(MOST_REPORTS_A_DAY):
        report_profile(eve.pk, User.objects.create_user(f"member{number}").pk, "spam")
    with pytest.raises(ModerationError, match="20 pages today"):
        report_list(eve.pk, films, "spam")
    Report.objects.update(made_at=timezone.now() - timedelta(days=1, minutes=1))
    report_list(eve.pk, films, "spam")


def test_a_list_that_is_taken_down_is_seen_by_its_member_alone(
    ada: AbstractUser, eve: AbstractUser, films: MovieList
) -> None:
    report = report_list(eve.pk, films, "offensive")
    take_down_list(films, "offensive", "The title insults people.")
    report.refresh_from_db()
    assert (report.outcome, bool(report.settled_at)) == ("taken_down", True)
    assert seen_by(eve) == []
    assert seen_by(ada) == [films]
    assert not MovieList.objects.published().exists()
    for is_public in (False, True):
        MovieList.objects.filter(pk=films.pk).update(is_public=is_public)
        assert seen_by(eve) == [], "publishing it again changes nothing"
    with pytest.raises(ModerationError, match="already"):
        take_down_list(films, "spam", "Twice")
    assert Takedown.objects.count() == 1


def test_a_profile_that_is_taken_down_is_private_whatever_is_chosen(
    ada: AbstractUser, eve: AbstractUser
) -> None:
    Sharing.objects.create(user=ada, is_public=True)
    assert ada in profiles_for(eve)
    takedown = take_down_profile(ada.pk, "private", "Shows an address.")
    Sharing.objects.update_or_create(user=ada, defaults={"is_public": True})
    assert ada not in profiles_for(eve)
    assert ada in profiles_for(ada)
    lift(takedown, "Thank you.")
    assert ada in profiles_for(eve)


def test_a_name_gives_way_to_a_neutral_one(ada: AbstractUser) -> None:
    User.objects.create_user(f"member-{ada.pk}")
    takedown = take_down_name(ada.pk, "offensive", "An insult.")
    ada.refresh_from_db()
    assert (ada.username, takedown.former_name) == (f"member-{ada.pk}-1", "ada")
    with pytest.raises(ModerationError, match="already"):
        take_down_name(ada.pk, "spam", "Again")


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"email": ""}, "no e-mail address"), ({"is_superuser": True}, "administrator's name")],
)
def test_nobody_is_shut_out_by_it(ada: AbstractUser, fields: dict[str, object], said: str) -> None:
    User.objects.filter(pk=ada.pk).update(**fields)
    with pytest.raises(ModerationError, match=said):
        take_down_name(ada.pk, "offensive", "An insult.")
    ada.refresh_from_db()
    assert ada.username == "ada"
    assert not Takedown.objects.exists()


def test_a_review_is_asked_once_for_each_answer(films: MovieList, eve: AbstractUser) -> None:
    takedown = take_down_list(films, "spam", "It sells tea.")
    ask_review(takedown, "It does not any more.")
    assert list(Takedown.objects.to_review()) == [takedown]
    with pytest.raises(ModerationError, match="asked already"):
        ask_review(takedown, "Please!")
    uphold(takedown, "It still does.")
    takedown.refresh_from_db()
    assert (takedown.waits_for_review, takedown.may_be_reviewed) == (False, True)
    assert seen_by(eve) == []
    ask_review(takedown, "Now it is gone.")
    lift(takedown, "Thank you.")
    takedown.refresh_from_db()
    assert not Takedown.objects.to_review().exists()
    assert seen_by(eve) == [films]
    with pytest.raises(ModerationError, match="lifted already"):
        lift(takedown, "Twice")
    with pytest.raises(ModerationError):
        ask_review(takedown, "What for?")
    assert take_down_list(films, "spam", "It is back.").pk != takedown.pk


def test_a_mail_goes_with_each_decision(
    films: MovieList, sent: list[int], django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        takedown = take_down_list(films, "spam", "It sells tea.")
        uphold(takedown, "No.")
        lift(takedown, "Yes.")
    assert sent == [takedown.pk] * 3
    assert import_module("catalog.tasks").mail_takedown_task.name == moderation.MAIL_TASK

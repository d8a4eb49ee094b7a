"""Mails about takedowns: once for each decision, where mail is configured."""

import pytest
from django.contrib.auth.models import AbstractUser
from django.core import mail
from pytest_django import Settings

from catalog.models import MovieList
from catalog.services.lists import make_list
from catalog.services.member_language import keep_language
from catalog.services.moderation import ask_review, lift, take_down_list, take_down_name, uphold
from catalog.services.moderation_mail import UNCONFIGURED, mail_takedown


@pytest.fixture
def films(ada: AbstractUser) -> MovieList:
    return make_list(user_id=ada.pk, title="Rude words & co", is_public=True)


def test_each_decision_is_mailed_once_with_its_reason(films: MovieList) -> None:
    takedown = take_down_list(films, "offensive", "The title insults <b>people</b>.")
    assert [mail_takedown(takedown.pk), mail_takedown(takedown.pk)] == [True, False]
    ask_review(takedown, "Why?")
    uphold(takedown, "Because.")
    assert mail_takedown(takedown.pk)
    lift(takedown, "Thank you.")
    assert mail_takedown(takedown.pk)
    first, second, third = mail.outbox
    assert first.to == ["ada@example.org"]
    assert "took something of yours down" in first.subject
    for words in ("Rude words & co", "insulting or hateful", "insults <b>people</b>."):
        assert words in first.body
    assert "It stays down" in second.body
    assert "Because." in second.body
    assert "lifted" in third.subject
    assert "gives your list back" in third.body


def test_who_gets_another_name_reads_how_to_log_in(ada: AbstractUser) -> None:
    mail_takedown(take_down_name(ada.pk, "offensive", "An insult.").pk)
    assert f"is now member-{ada.pk}. Log in with it" in mail.outbox[0].body


@pytest.mark.parametrize("backend", UNCONFIGURED)
def test_nothing_goes_where_mail_is_not_configured(
    films: MovieList, settings: Settings, backend: str
) -> None:
    takedown = take_down_list(films, "offensive", "The title.")
    settings.EMAIL_BACKEND = backend
    assert not mail_takedown(takedown.pk)
    takedown.refresh_from_db()
    assert takedown.mailed_at is None


def test_a_member_without_an_address_is_told_on_the_site_alone(
    films: MovieList, ada: AbstractUser
) -> None:
    type(ada).objects.update(email="")
    assert not mail_takedown(take_down_list(films, "spam", "Tea.").pk)
    assert mail.outbox == []


def test_it_speaks_the_members_language(films: MovieList, ada: AbstractUser) -> None:
    keep_language(ada.pk, "de")
    mail_takedown(take_down_list(films, "offensive", "Schimpfwörter.").pk)
    assert mail.outbox[0].subject == "Matinee: Die Moderation hat etwas von dir gesperrt"

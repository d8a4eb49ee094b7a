"""Nobody learns from words or time of a log-in whether somebody is a member."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.test import Client

from moviesite.accounts.models import User
from tests.markup import flat

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static", "counted")]

PASSWORD = "a-long-and-calm-evening-42"


class Counted(MD5PasswordHasher):
    """What a log-in spends its time on."""

    times = 0

    def encode(self, *args: Any) -> str:
        type(self).times += 1
        return super().encode(*args)


@pytest.fixture
def counted(settings: Any) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.Counted"]
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    cache.clear()
    User.objects.create_user("ida", "ida@matinee.example", PASSWORD)
    User.objects.create_user("gone", "gone@matinee.example", PASSWORD, is_active=False)
    User.objects.create_user("keys", "keys@matinee.example")
    Counted.times = 0


def told(path: str, fields: dict[str, str]) -> tuple[int, str, int]:
    """The status, the words without what was typed, and how often a password was hashed."""
    before = Counted.times
    answer = Client().post(path, fields, follow=True)
    words = re.sub(r"<[^>]*>", " ", flat(answer))
    for typed in fields.values():
        words = words.replace(typed, "…")
    return answer.status_code, words, Counted.times - before


@pytest.mark.parametrize("known", ["ida", "gone", "keys"])
@pytest.mark.parametrize("ending", ["", "@matinee.example"])
def test_a_wrong_password_tells_nothing(known: str, ending: str) -> None:
    answers = [
        told("/accounts/login/", {"login": f"{name}{ending}", "password": "wrong"})
        for name in (known, "nobody")
    ]
    assert answers[0] == answers[1]
    assert answers[0][2] > 0


def test_the_right_one_gets_in_by_name_and_by_address() -> None:
    User.objects.filter(username="ida").get().emailaddress_set.create(
        email="ida@matinee.example", verified=True, primary=True
    )
    for login in ("ida", "IDA", "ida@matinee.example"):
        client = Client()
        client.post("/accounts/login/", {"login": login, "password": PASSWORD})
        assert "_auth_user_id" in client.session, login


def test_a_reset_tells_nothing() -> None:
    answers = [
        told("/accounts/password/reset/", {"email": f"{name}@matinee.example"})
        for name in ("ida", "nobody")
    ]
    assert answers[0] == answers[1]
    assert len(mail.outbox) == 2, "each takes the time of a mail"


def test_a_sign_up_with_anothers_address_tells_nothing() -> None:
    answers = [
        told(
            "/accounts/signup/",
            {"username": name, "email": f"{address}@matinee.example", "password1": PASSWORD},
        )
        for name, address in (("eve", "ida"), ("newcomer", "newcomer"))
    ]
    assert answers[0][0] == answers[1][0]
    assert answers[0][2] == answers[1][2] > 0
    assert len(mail.outbox) == 2
    assert not User.objects.filter(username="eve").exists()

"""Settings at work: a forgotten password, and values that make no sense."""

import os
import re
import subprocess
import sys

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from moviesite.accounts.models import User

OLD, NEW = "a-long-and-calm-evening-42", "another-quiet-matinee-77"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static")]


def test_the_link_in_the_mail_leads_to_a_new_password(client: Client) -> None:
    user = User.objects.create_user("ida", "ida@matinee.example", OLD)
    client.post(reverse("account_reset_password"), {"email": user.email})
    (message,) = mail.outbox
    assert message.to == [user.email]
    link = re.search(r"https?://testserver(/\S+)", str(message.body))
    assert link, message.body

    form = client.get(link.group(1), follow=True)
    answer = client.post(form.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    assert answer.status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert not user.check_password(OLD)

    used = Client().get(link.group(1), follow=True)
    assert 'name="password1"' not in used.content.decode(), "a link works once"


def test_an_imported_rater_gets_no_link(client: Client) -> None:
    rater = User.objects.create(
        username="ml-latest-small-1",
        email="rater@matinee.example",
        imported=True,
        is_active=False,
    )
    client.post(reverse("account_reset_password"), {"email": rater.email})
    assert not any("/password/reset/key/" in str(message.body) for message in mail.outbox)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MATINEE_ADD_FILMS", "everybody"),
        ("MATINEE_COUNTRIES", "Germany"),
        ("MATINEE_COUNTRIES", ""),
        ("MATINEE_URL", "films.example"),
        ("MATINEE_URL", "ftp://films.example/"),
        ("MATINEE_URL", "https:///films/"),
        ("MATINEE_URL", "https://films.example:port/"),
        ("MATINEE_URL", "https://ida@films.example/"),
        ("MATINEE_URL", "https://films.example/?a"),
        ("MATINEE_URL", "https://films.example/../a"),
        ("MATINEE_URL", "https://films.example/a b"),
        ("MATINEE_TRUSTED_PROXIES", "nginx"),
        ("MATINEE_TRUSTED_PROXIES", "127.0.0.1,1"),
        ("MATINEE_TRUSTED_PROXIES", "-1"),
        ("MATINEE_TRUSTED_PROXIES", "0.0.0.0/0"),
    ],
)
def test_a_value_that_makes_no_sense_is_named(name: str, value: str) -> None:
    process = subprocess.run(
        [sys.executable, "-c", "import moviesite.settings"],
        env={**os.environ, name: value},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 1
    assert f"ImproperlyConfigured: {name} must be" in process.stderr

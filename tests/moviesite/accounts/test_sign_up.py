"""Who may sign up: everybody, nobody, or whoever has a link with a number of uses and an end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from moviesite.accounts.models import Invitation, SignUp, SignUpPolicy, User
from moviesite.accounts.sign_up import current_sign_up, end_invitations, path_of, set_sign_up
from moviesite.middleware.public_address import PublicAddress

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static")]

SIGN_UP = "/accounts/signup/"
CLOSED = "Sign-up is closed"


@pytest.fixture(autouse=True)
def _unknown() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def fields(name: str) -> dict[str, str]:
    return {
        "username": name,
        "email": f"{name}@films.example",
        "password1": "a-long-and-calm-evening-42",
    }


def signs_up(client: Client, name: str) -> bool:
    client.post(SIGN_UP, fields(name))
    return User.objects.filter(username=name).exists()


def come_by(invitation: Invitation) -> Client:
    client = Client()
    answer = client.get(path_of(invitation))
    assert answer["Location"] == SIGN_UP
    return client


@pytest.mark.parametrize(("local", "choice"), [(True, "open"), (False, "closed")])
def test_before_anybody_chose_only_a_local_run_is_open(
    settings: Settings, local: bool, choice: str
) -> None:
    settings.LOCAL = local
    assert current_sign_up() == choice
    assert signs_up(Client(), "ida") is local


def test_an_administrator_opens_and_closes_it(settings: Settings, admin_client: Client) -> None:
    settings.LOCAL = False
    page = admin_client.get(reverse("admin:accounts_signuppolicy_changelist"))["Location"]
    visitor = Client()
    for choice, there in (("open", True), ("invitation", False), ("open", True)):
        admin_client.post(page, {"sign_up": choice})
        assert ('href="/accounts/signup/"' in visitor.get("/").content.decode()) is there
        assert (CLOSED in visitor.get(SIGN_UP).content.decode()) is not there


def test_its_page_is_found_under_the_address_of_before(admin_client: Client) -> None:
    page = admin_client.get(reverse("admin:accounts_signuppolicy_changelist"))["Location"]
    for path in ("", "1/change/", "1/history/"):
        answer = admin_client.get(f"/admin/accounts/door/{path}", follow=True)
        assert answer.status_code == 200
        assert answer.request["PATH_INFO"] == page.replace("1/change/", path or "1/change/")


@pytest.mark.parametrize("choice", ["invitation", "closed"])
def test_a_link_lets_in_as_many_as_it_says(choice: str) -> None:
    set_sign_up(choice)
    invitation = Invitation.objects.create(uses=2)
    assert not signs_up(Client(), "uninvited")
    waiting = [come_by(invitation) for _ in range(3)]
    assert [signs_up(client, f"guest{n}") for n, client in enumerate(waiting)] == [
        True,
        True,
        False,
    ]
    invitation.refresh_from_db()
    assert invitation.used == 2
    late = Client().get(path_of(invitation))
    assert late.status_code == 410
    assert "This invitation has ended" in late.content.decode()


def test_of_two_at_once_for_the_last_use_one_gets_in() -> None:
    """Both have seen the form while it was open; the row decides."""
    set_sign_up("invitation")
    invitation = Invitation.objects.create(uses=1)
    first, second = come_by(invitation), come_by(invitation)
    for client in (first, second):
        assert CLOSED not in client.get(SIGN_UP).content.decode()
    assert signs_up(first, "ada")
    assert not signs_up(second, "ida")


def test_what_is_wrong_in_the_form_uses_nothing() -> None:
    set_sign_up("invitation")
    invitation = Invitation.objects.create(uses=1)
    client = come_by(invitation)
    assert client.post(SIGN_UP, {**fields("ida"), "password1": "1"}).status_code == 200
    assert signs_up(client, "ida")


def test_a_link_ends_by_time_and_by_hand(admin_client: Client) -> None:
    set_sign_up("invitation")
    invitation = Invitation.objects.create(uses=5)
    client = come_by(invitation)
    data = {"action": "end_selected", "_selected_action": [invitation.pk]}
    admin_client.post(reverse("admin:accounts_invitation_changelist"), data)
    assert not signs_up(client, "ida")
    past = Invitation.objects.create(ends_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(path_of(past)).status_code == 410
    assert Client().get("/accounts/invite/made-up/").status_code == 410
    assert end_invitations(invitation.pk, past.pk) == 0


def test_a_form_in_the_admin_makes_a_link_and_shows_it(
    settings: Settings, admin_client: Client
) -> None:
    settings.PUBLIC_ADDRESS = PublicAddress.parse("https://films.example/")
    tomorrow = timezone.localtime() + timedelta(days=1)
    data = {
        "note": "For Grandma",
        "uses": "3",
        "ends_at_0": f"{tomorrow:%Y-%m-%d}",
        "ends_at_1": "12:00:00",
    }
    answer = admin_client.post(reverse("admin:accounts_invitation_add"), data, follow=True)
    invitation = Invitation.objects.get(note="For Grandma")
    assert f"https://films.example{path_of(invitation)}" in answer.content.decode()
    listed = admin_client.get(reverse("admin:accounts_invitation_changelist")).content.decode()
    assert f"https://films.example{path_of(invitation)}" in listed


def test_where_sign_up_is_open_no_use_is_taken() -> None:
    set_sign_up("open")
    invitation = Invitation.objects.create(uses=1)
    assert signs_up(come_by(invitation), "ida")
    invitation.refresh_from_db()
    assert invitation.used == 0


def test_a_site_of_before_that_has_members_stays_open() -> None:
    then = MigrationLoader(connection).project_state(("accounts", "0012_door")).apps
    keep_open = import_module("moviesite.accounts.migrations.0012_door").keep_open
    SignUpPolicy.objects.all().delete()
    User.objects.create(username="ml-1", imported=True, is_active=False)
    keep_open(then, None)
    assert not SignUpPolicy.objects.exists()
    User.objects.create_user("ida")
    keep_open(then, None)
    assert SignUpPolicy.current().sign_up == SignUp.OPEN


def test_the_command_makes_lists_and_ends(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.PUBLIC_ADDRESS = PublicAddress.parse("https://films.example/")
    for option, choice in (
        ("--sign-up", "closed"),
        ("--door", "open"),
        ("--sign-up", "invitation"),
    ):
        call_command("invite", option, choice)
        assert current_sign_up() == choice
    call_command("invite", "--uses", "3", "--days", "2", "--note", "For Grandma")
    invitation = Invitation.objects.get()
    assert capsys.readouterr().out.endswith(f"https://films.example{path_of(invitation)}\n")
    call_command("invite", "--list")
    assert "3 of 3 left" in capsys.readouterr().out
    call_command("invite", "--end", str(invitation.pk))
    call_command("invite", "--list")
    assert "left" not in capsys.readouterr().out
    for wrong in (["--uses", "0"], ["--days", "1000"]):
        with pytest.raises(CommandError, match="has to be 1 to"):
            call_command("invite", *wrong)

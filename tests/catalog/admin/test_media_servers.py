"""The administrator's side: the household's address, and which user of a server is which member."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import AbstractUser
from django.test import Client

from catalog.hooks import addresses
from catalog.models import HookAddress, ServerAccount

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static")]
PATH = "/admin/catalog/serveraccount/"


@pytest.fixture
def boss(ada: AbstractUser) -> Client:
    browser = Client()
    browser.force_login(type(ada).objects.create_superuser("boss"))
    return browser


def test_the_households_address_is_shown_once(boss: Client) -> None:
    assert "Make an address" in boss.get(PATH).content.decode()
    assert boss.get(f"{PATH}address/").status_code == 302, "looking makes none"
    assert not HookAddress.objects.exists()
    made = boss.post(f"{PATH}address/")
    found = re.search(r"http://testserver/hooks/([\w-]{43})", made.content.decode())
    assert found
    assert "no-store" in made["Cache-Control"]
    household = addresses.find(found[1])
    assert household is not None
    assert household.user is None
    assert found[1] not in boss.get(PATH).content.decode()
    boss.post(f"{PATH}address/")
    assert HookAddress.objects.count() == 1
    assert addresses.find(found[1]) is None
    boss.post(f"{PATH}address/remove/")
    assert not HookAddress.objects.exists()


def test_a_user_of_the_server_becomes_a_member(boss: Client, ada: AbstractUser) -> None:
    account = ServerAccount.objects.create(server="plex", account="Ada L")
    assert "Ada L" in boss.get(PATH).content.decode()
    form = {"server": "plex", "account": "Ada L", "user": ada.pk}
    assert boss.post(f"{PATH}{account.pk}/change/", form).status_code == 302
    account.refresh_from_db()
    assert account.user == ada


def test_members_do_not_get_there(member: Client) -> None:
    for path in (PATH, f"{PATH}address/"):
        assert member.post(path).status_code == 302
    assert not HookAddress.objects.exists()

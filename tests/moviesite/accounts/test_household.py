"""Members who share a device: who joins it, what a PIN opens there, and what it does not."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from moviesite.accounts.delays import Pace
from moviesite.accounts.household import MOST_GUESSES, set_pin
from moviesite.accounts.models import QuickPin, User

PASSWORD = "a-long-and-calm-evening-42"
PIN = "4071"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static")]


@pytest.fixture(autouse=True)
def _fast(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


def join(device: Client, name: str, pin: str = "", staff: bool = False) -> User:
    """Sign in, join the device, choose a PIN, and make room for the next."""
    user = User.objects.create_user(name, f"{name}@films.example", PASSWORD, is_staff=staff)
    assert device.post("/accounts/login/", {"login": name, "password": PASSWORD}).status_code == 302
    device.post(reverse("household-device"), {"wish": "join"})
    if pin:
        device.post(reverse("household-pin"), {"pin": pin, "password": PASSWORD})
    device.post(reverse("household-switch"))
    return user


def who(device: Client) -> str | None:
    return device.session.get("_auth_user_id")


def enter(device: Client, user: User, pin: str) -> bool:
    device.post(reverse("household-enter"), {"member": user.pk, "pin": pin})
    return who(device) == str(user.pk)


def test_two_members_change_places_by_pin_and_by_password() -> None:
    device = Client()
    ida, eve = join(device, "ida", PIN), join(device, "eve")
    page = device.get(reverse("household")).content.decode()
    assert "ida" in page
    assert "eve" in page
    assert page.count('name="pin"') == 1, "eve has none"
    assert enter(device, ida, PIN)
    device.post(reverse("household-switch"))
    assert who(device) is None
    device.post("/accounts/login/", {"login": "eve", "password": PASSWORD})
    assert who(device) == str(eve.pk)


def test_a_pin_opens_nothing_on_another_device() -> None:
    ida = join(Client(), "ida", PIN)
    stranger = Client()
    assert "household-mate" not in stranger.get(reverse("household")).content.decode()
    assert not enter(stranger, ida, PIN)
    stranger.cookies["household"] = "made-up"
    assert not enter(stranger, ida, PIN)


def test_guesses_are_few() -> None:
    device = Client()
    ida = join(device, "ida", PIN)
    for guess in range(MOST_GUESSES):
        assert not enter(device, ida, f"777{guess}")
    assert not enter(device, ida, PIN), "too late for the right one"
    device.post("/accounts/login/", {"login": "ida", "password": PASSWORD})
    assert who(device) == str(ida.pk)


def test_a_new_password_ends_it_on_every_device() -> None:
    device = Client()
    ida = join(device, "ida", PIN)
    ida.set_password("another-quiet-matinee-77")
    ida.save()
    assert not enter(device, ida, PIN)
    assert "household-mate" not in device.get(reverse("household")).content.decode()


def test_who_is_shut_out_or_leaves_is_no_longer_there() -> None:
    device = Client()
    ida, eve = join(device, "ida", PIN), join(device, "eve", PIN)
    User.objects.filter(pk=ida.pk).update(is_active=False)
    assert not enter(device, ida, PIN)
    assert enter(device, eve, PIN)
    device.post(reverse("household-device"), {"wish": "leave"})
    device.post(reverse("household-switch"))
    assert not enter(device, eve, PIN)


def test_who_administers_has_no_pin() -> None:
    device = Client()
    root = join(device, "root", PIN, staff=True)
    assert not QuickPin.objects.exists()
    ida = join(device, "ida", PIN)
    User.objects.filter(pk=ida.pk).update(is_staff=True)
    assert not enter(device, ida, PIN), "promoted since"
    assert not enter(device, root, PIN)


def test_the_password_is_asked_for_before_a_pin_changes() -> None:
    device = Client()
    ida = join(device, "ida", PIN)
    assert enter(device, ida, PIN)
    device.post(reverse("household-pin"), {"pin": "2580", "password": "guessed"})
    device.post(reverse("household-pin"), {"pin": "", "password": ""})
    device.post(reverse("household-switch"))
    assert enter(device, ida, PIN)
    device.post(reverse("household-pin"), {"pin": "", "password": PASSWORD})
    assert not QuickPin.objects.exists()


def test_passwords_that_are_guessed_for_a_pin_have_to_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Pace, "wait_after", lambda pace, tries: 900 if tries > pace.free else 0)
    device = Client()
    ida = join(device, "ida", PIN)
    assert enter(device, ida, PIN)
    for guess in range(12):
        device.post(reverse("household-pin"), {"pin": "", "password": f"guess-{guess}"})
    device.post(reverse("household-pin"), {"pin": "", "password": PASSWORD})
    assert QuickPin.objects.exists()


@pytest.mark.parametrize("pin", ["123", "1234", "9876", "0000", "abcd", "１２３７", "123456789"])
def test_what_is_no_pin(pin: str) -> None:
    user = User.objects.create_user("ida")
    with pytest.raises(ValidationError):
        set_pin(user, pin)


@pytest.mark.parametrize("member", ["", "x", "0", "99999999999999999999", "²"])
def test_a_made_up_member_is_nobody(member: str) -> None:
    device = Client()
    answer = device.post(reverse("household-enter"), {"member": member, "pin": PIN})
    assert answer.status_code == 302
    assert who(device) is None

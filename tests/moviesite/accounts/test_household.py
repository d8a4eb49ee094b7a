"""Members who share a device: who joins it, what a PIN opens there, and what it does not."""

from __future__ import annotations

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from moviesite.accounts.delays import Pace
from moviesite.accounts.household import GUESSES, MOST_A_DAY, MOST_GUESSES, set_pin
from moviesite.accounts.models import AuditEntry, QuickPin, User

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


def test_guesses_are_few_in_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    device = Client()
    ida = join(device, "ida", PIN)
    monkeypatch.setitem(GUESSES, 15 * 60, 10_000)  # as though one waited each time
    for guess in range(MOST_A_DAY):
        assert not enter(device, ida, f"77{guess:02}")
    assert not enter(device, ida, PIN), "too late for the right one"


def test_a_second_factor_is_asked_for_after_a_pin() -> None:
    device = Client()
    ida = join(device, "ida", PIN)
    TOTP.activate(ida, "JBSWY3DPEHPK3PXP")
    answer = device.post(reverse("household-enter"), {"member": ida.pk, "pin": PIN})
    assert answer.headers["Location"] == reverse("mfa_authenticate")
    assert who(device) is None


def test_a_session_by_pin_is_listed_and_ended_with_all_others() -> None:
    device, elsewhere = Client(), Client()
    ida = join(device, "ida", PIN)
    assert enter(device, ida, PIN)
    keys = UserSession.objects.filter(user=ida).values_list("session_key", flat=True)
    assert device.session.session_key in keys
    elsewhere.post("/accounts/login/", {"login": "ida", "password": PASSWORD})
    elsewhere.post(reverse("sessions-end"))
    assert device.get(reverse("profile")).status_code == 302, "it has ended as well"


def test_a_pin_is_no_password_where_that_is_asked_for_again() -> None:
    device = Client()
    ida = join(device, "ida", PIN)
    assert enter(device, ida, PIN)
    answer = device.post(reverse("api-tokens"), {"name": "script"})
    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))


def test_wrong_pins_are_in_the_audit_trail() -> None:
    device = Client()
    ida = join(device, "ida", PIN)
    assert not enter(device, ida, "7770")
    entry = AuditEntry.objects.filter(action="refused").latest("pk")
    assert (entry.about, entry.detail) == (f"user {ida.pk}", "PIN")


def test_a_device_outlives_another_key_of_the_site(settings: Settings) -> None:
    device = Client()
    ida = join(device, "ida", PIN)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-of-the-site-with-enough-letters-in-it-to-pass"
    assert enter(device, ida, PIN)
    device.post(reverse("household-switch"))
    settings.SECRET_KEY_FALLBACKS = []
    assert not enter(device, ida, PIN)


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


@pytest.mark.parametrize(
    "member", ["", "x", "0", "9" * 20, pytest.param("9" * 5000, id="long"), "²"]
)
def test_a_made_up_member_is_nobody(member: str) -> None:
    device = Client()
    answer = device.post(reverse("household-enter"), {"member": member, "pin": PIN})
    assert answer.status_code == 302
    assert who(device) is None

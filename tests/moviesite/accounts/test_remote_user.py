"""Log-in by a header: from a trusted proxy alone, and for as long as it says so."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.test import Client
from pytest_django import Settings

from moviesite.accounts.models import SignUp, User
from moviesite.accounts.remote_user import check_who_sets_the_header
from moviesite.accounts.sign_up import set_sign_up
from moviesite.proxies import TrustedProxies

PROXY, VISITOR = "127.0.0.1", "203.0.113.5"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static")]


@pytest.fixture(autouse=True)
def trusted(settings: Settings) -> Settings:
    settings.MATINEE_TRUSTED_PROXIES = TrustedProxies.parse([PROXY])
    settings.REMOTE_USER_META = "HTTP_REMOTE_USER"
    settings.REMOTE_EMAIL_META = "HTTP_REMOTE_EMAIL"
    return settings


def who(client: Client, peer: str = PROXY, **headers: str) -> str:
    """Whom the site takes the asker for."""
    sent = {
        "X-Forwarded-For": VISITOR,
        **{name.replace("_", "-"): v for name, v in headers.items()},
    }
    user = client.get("/", REMOTE_ADDR=peer, headers=sent).wsgi_request.user
    return user.get_username() if user.is_authenticated else ""


def test_a_trusted_proxy_names_a_new_member_and_one_who_is_linked() -> None:
    User.objects.create_user("Ida", "ida@films.example", proxy_name="IDA")
    assert who(Client(), Remote_User="ida") == "Ida"
    assert who(Client(), Remote_User="ada", Remote_Email="ada@films.example") == "ada"
    ada = User.objects.get(username="ada")
    assert not ada.has_usable_password()
    assert EmailAddress.objects.get(user=ada).verified
    assert who(Client(), Remote_User="eve", Remote_Email="ada@films.example") == "eve"
    assert EmailAddress.objects.count() == 1


def test_nobody_else_names_anybody(trusted: Settings) -> None:
    User.objects.create_superuser("root")
    assert who(Client(), peer=VISITOR, Remote_User="root") == ""
    trusted.MATINEE_TRUSTED_PROXIES = TrustedProxies()
    assert who(Client(), Remote_User="root") == ""
    assert [message.id for message in check_who_sets_the_header()] == ["matinee.E002"]


def test_without_the_setting_the_header_says_nothing(trusted: Settings) -> None:
    trusted.REMOTE_USER_META = ""
    assert who(Client(), Remote_User="ida") == ""
    assert not User.objects.exists()
    assert check_who_sets_the_header() == []


def test_it_holds_for_as_long_as_the_proxy_says_so() -> None:
    client = Client()
    assert who(client, Remote_User="ida") == "ida"
    assert who(client, Remote_User="ada") == "ada"
    assert who(client) == ""


def test_the_session_is_listed_and_ends_with_all_others() -> None:
    client = Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"})
    assert who(client, Remote_User="ada") == who(client, Remote_User="ada") == "ada"
    session = UserSession.objects.get(user__username="ada")
    assert session.session_key == client.session.session_key
    assert (session.ip, "Firefox" in session.user_agent) == (VISITOR, True)
    session.end()
    assert not client.session.exists(session.session_key)


def test_a_log_in_of_the_sites_own_stays() -> None:
    client = Client()
    member = User.objects.create_user("eve")
    client.force_login(member, "django.contrib.auth.backends.ModelBackend")
    assert who(client) == "eve"


def test_an_account_that_somebody_signed_up_for_is_not_entered_by_its_name(
    trusted: Settings,
) -> None:
    """Whoever takes a name of the proxy's first does not share an account with its owner."""
    set_sign_up(SignUp.OPEN)
    squatter = Client()
    form = {"username": "Ida", "email": "eve@films.example", "password1": "many-old-films-1931"}
    assert squatter.post("/accounts/signup/", form).status_code == 302
    made = User.objects.get()
    assert made.username == "Ida"
    assert made.proxy_name is None
    assert who(Client(), Remote_User="ida") == ""
    assert who(Client(), Remote_User="Ida") == ""

    made.proxy_name = "ida"  # as an administrator does
    made.save()
    client = Client()
    assert who(client, Remote_User="Ida") == "Ida"
    User.objects.update(proxy_name=None)
    assert who(client, Remote_User="Ida") == ""


def test_another_user_name_leads_to_nobody_elses_account() -> None:
    client = Client()
    assert who(client, Remote_User="ada") == "ada"
    User.objects.filter(username="ada").update(username="lovelace")
    assert who(client, Remote_User="ada") == "lovelace"
    User.objects.create_user("ada")  # the name is free, and somebody takes it
    assert who(client, Remote_User="ada") == "lovelace"
    assert who(Client(), Remote_User="ada") == "lovelace"
    assert who(Client(), Remote_User="lovelace") == ""


def test_an_administrator_adds_and_links_accounts(trusted: Settings) -> None:
    User.objects.create_superuser("root", "root@films.example", "many-old-films-1931")
    root = Client()
    root.post("/accounts/login/", {"login": "root", "password": "many-old-films-1931"})
    form = {"username": "ida", "password1": "many-old-films-1931", "usable_password": "true"}
    form["password2"] = form["password1"]
    root.post("/admin/accounts/user/add/", form)
    ida = User.objects.get(username="ida")
    assert who(Client(), Remote_User="ida") == "ida"
    eve = User.objects.create_user("eve")
    page = f"/admin/accounts/user/{eve.pk}/change/"
    fields = root.get(page).context["adminform"].form.initial
    times = {"date_joined_0": "2026-01-01", "date_joined_1": "12:00"}
    inline = {"sharing-TOTAL_FORMS": "0", "sharing-INITIAL_FORMS": "0"}
    sent = {"username": "eve", "is_active": "on", **times, **inline}
    assert "proxy_name" in fields
    answer = root.post(page, {**sent, "proxy_name": "IDA"})
    assert "has another account" in answer.content.decode()
    assert root.post(page, {**sent, "proxy_name": "evelyn"}).status_code == 302
    assert who(Client(), Remote_User="Evelyn") == "eve"
    trusted.REMOTE_USER_META = ""
    root.post("/admin/accounts/user/add/", {**form, "username": "joe"})
    assert User.objects.get(username="joe").proxy_name is None
    assert ida.proxy_name == "ida"


def test_only_who_may_come_in_does(trusted: Settings) -> None:
    User.objects.create(username="ml-1", imported=True, is_active=False)
    assert who(Client(), Remote_User="ml-1") == ""
    trusted.REMOTE_USER_SIGN_UP = False
    assert who(Client(), Remote_User="newcomer") == ""
    assert who(Client(), Remote_User="x" * 200) == ""
    assert User.objects.count() == 1


@pytest.mark.parametrize("name", ["lda", "1da", "LDA"])
def test_a_name_that_looks_like_a_members_is_not_let_in(name: str) -> None:
    User.objects.create_user("ida", "ida@films.example")
    assert who(Client(), Remote_User=name) == ""
    assert User.objects.count() == 1

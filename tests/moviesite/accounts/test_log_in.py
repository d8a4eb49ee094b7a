"""Logging in from a tab whose form has become stale."""

import re
from typing import Any

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static")]

PASSWORD = "a-long-and-calm-evening-42"
STALE = "x" * 64


@pytest.fixture
def tab(django_user_model: Any) -> Client:
    django_user_model.objects.create_user("ada", "ada@example.org", PASSWORD)
    return Client(enforce_csrf_checks=True)


def form(tab: Client, page: str = "/accounts/login/?next=/taste/") -> dict[str, str]:
    shown = tab.get(page).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', shown)
    assert token
    return {"login": "ada", "password": PASSWORD, "csrfmiddlewaretoken": token[1]}


def test_a_stale_form_is_offered_anew_and_then_works(tab: Client) -> None:
    stale = {**form(tab), "csrfmiddlewaretoken": STALE}
    answer = tab.post("/accounts/login/?next=/taste/", stale)
    assert answer["Location"] == "/accounts/login/?next=/taste/"
    assert "Please try once more" in tab.get(answer["Location"]).content.decode()
    assert "_auth_user_id" not in tab.session
    answer = tab.post("/accounts/login/?next=/taste/", form(tab))
    assert answer["Location"] == "/taste/"


def test_who_logged_in_in_another_tab_meanwhile_is_taken_on(tab: Client) -> None:
    old = form(tab)
    tab.post("/accounts/login/", form(tab))
    answer = tab.post("/accounts/login/?next=/taste/", old)
    assert tab.get(answer["Location"])["Location"] == "/taste/"


@pytest.mark.parametrize("page", ["/accounts/login/", "/accounts/signup/"])
def test_a_form_of_another_origin_is_refused(tab: Client, page: str) -> None:
    sent = form(tab, page)
    answer = tab.post(page, sent, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403


def test_a_browser_without_cookies_is_refused(tab: Client) -> None:
    answer = tab.post("/accounts/login/", {"login": "ada", "password": PASSWORD})
    assert answer.status_code == 403

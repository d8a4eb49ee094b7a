"""The site's health in words, for administrators."""

import re

import pytest
from django.test import Client
from pytest_django import Settings

from moviesite.health import advice, checks, report
from tests.markup import flat
from tests.recommender.conftest import plain_static

__all__ = ["plain_static"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static")]


@pytest.fixture(autouse=True)
def look_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "KEPT_SECONDS", -1.0)


def test_the_worst_stands_first_with_what_to_do(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(checks.VITAL, "disk", lambda: "full")
    monkeypatch.setitem(checks.USEFUL, "cache", lambda: "unreachable")
    shown = flat(admin_client.get("/admin/health/"))
    assert "Something that every page needs is away." in shown
    assert "Make room on the disk" in shown
    assert "celery -A moviesite beat" in shown
    places = [shown.index(f"<h3>{title}</h3>") for title in ("Disk", "Cache", "Database")]
    assert places == sorted(places)


def test_how_the_site_is_set_up_stands_on_the_same_page(
    admin_client: Client, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    shown = flat(admin_client.get("/admin/health/"))
    assert "The site answers to every host name" in shown
    assert "This page came by http://testserver" in shown
    subjects = re.findall("<h3>([^<]*)</h3>", shown)
    assert len(subjects) == len(set(subjects)), "nothing is told twice"
    assert "Python" in subjects


def test_the_former_address_of_the_doctor_leads_to_it(admin_client: Client) -> None:
    assert admin_client.get("/admin/doctor/").headers["Location"] == "/admin/health/"
    assert 'href="/admin/health/"' in admin_client.get("/admin/").content.decode()


def test_all_is_well(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in checks.USEFUL:
        monkeypatch.setitem(checks.USEFUL, name, lambda: "ok")
    monkeypatch.setitem(checks.VITAL, "disk", lambda: "ok")
    assert "All is well." in flat(admin_client.get("/admin/health/"))


def test_every_check_has_a_title_and_words() -> None:
    assert set(advice.TITLES) == set(advice.WELL) == {*checks.VITAL, *checks.USEFUL}
    assert {name for name, _ in advice.TO_DO} == set(advice.TITLES)

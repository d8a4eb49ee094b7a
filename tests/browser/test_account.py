"""Leaving, by hand: the data is taken along, then the account goes and the session with it."""

import csv
import io
import json
import zipfile

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Page, expect

from catalog.models import Rating
from tests.browser.conftest import PASSWORD, Site

pytestmark = pytest.mark.browser


def test_everything_is_exported(member_page: Page, site: Site) -> None:
    member_page.goto(f"{site.address}/accounts/profile/")
    with member_page.expect_download() as download:
        member_page.get_by_role("link", name="Export as JSON").click()
    document = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert [row["title"] for row in document["ratings"]] == [f"Film {n:02}" for n in range(6)]
    with member_page.expect_download() as download:
        member_page.get_by_role("link", name="Export as CSV").click()
    assert download.value.suggested_filename.endswith(".zip")
    with zipfile.ZipFile(download.value.path()) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("ratings.csv").decode())))
    assert len(rows) == 6


def test_an_account_is_deleted(member_page: Page, site: Site) -> None:
    """GIVEN a member WHEN name and password are typed THEN the account is gone, and only then."""
    users = get_user_model().objects
    name = site.member.get_username()
    member_page.goto(f"{site.address}/accounts/profile/")
    member_page.get_by_role("link", name="Delete your account").click()
    main = member_page.get_by_role("main")
    main.get_by_label("Your user name").fill(name)
    main.get_by_label("Password").fill("not-my-password")
    main.get_by_role("button", name="Delete permanently").click()
    expect(main).to_contain_text("The password is not correct")
    assert users.filter(username=name).exists()

    main.get_by_label("Your user name").fill(name)
    main.get_by_label("Password").fill(PASSWORD)
    main.get_by_role("button", name="Delete permanently").click()
    member_page.wait_for_url(f"{site.address}/")
    expect(member_page.locator("#toasts")).to_contain_text("have been deleted")
    expect(member_page.get_by_role("link", name="Sign in").first).to_be_visible()
    assert not users.filter(username=name).exists()
    assert not Rating.objects.exists()
    member_page.goto(f"{site.address}/ratings/")
    assert "/accounts/login/" in member_page.url

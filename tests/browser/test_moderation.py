"""A list is reported, taken down by a moderator, changed by its member, and given back."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from playwright.sync_api import Browser, expect

from catalog.models import MovieList
from catalog.services.lists import add_films, make_list
from moviesite.accounts.roles import MODERATOR, grant_roles
from tests.browser.accessibility import Eyes, eyes
from tests.browser.conftest import PASSWORD, Site, log_in

pytestmark = pytest.mark.browser


@pytest.fixture
def browser_of(browser: Browser, site: Site) -> Iterator[Callable[[str], Eyes]]:
    """Makes a browser of its own in which somebody is logged in, by name."""
    with ExitStack() as opened:

        def made_for(name: str) -> Eyes:
            made = opened.enter_context(eyes(browser))
            log_in(made.page, replace(site, member=get_user_model().objects.get(username=name)))
            return made

        yield made_for


@pytest.fixture
def moderator(site: Site) -> None:
    """Somebody with that role and no other right."""
    user = get_user_model().objects.create_user("mo", "mo@example.org", PASSWORD, is_staff=True)
    group, _made = Group.objects.get_or_create(name=MODERATOR.name)
    grant_roles(sender=None, apps=apps)
    user.groups.add(group)


@pytest.fixture
def rude(site: Site) -> MovieList:
    made = make_list(user_id=site.member.pk, title="Rude words", is_public=True)
    add_films(made, [movie.pk for movie in site.world.movies[:3]])
    return made


@pytest.mark.usefixtures("moderator")
def test_a_moderator_takes_a_reported_list_down_and_gives_it_back(
    browser_of: Callable[[str], Eyes], site: Site, rude: MovieList
) -> None:
    address = site.address + rude.get_absolute_url()
    get_user_model().objects.create_user("eve", "eve@example.org", PASSWORD)
    eve = browser_of("eve")
    reader = eve.page
    reader.goto(address)
    reader.get_by_role("link", name="Report").click()
    reader.get_by_label("What is wrong?").select_option(label="insulting or hateful")
    reader.get_by_label("Anything a moderator should know").fill("The title")
    assert eve.look() == []
    reader.get_by_role("button", name="Report").click()
    expect(reader.locator("#toasts")).to_contain_text("A moderator will look at it")

    desk = browser_of("mo").page
    desk.goto(f"{site.address}/admin/catalog/report/")
    desk.get_by_role("link", name="List “Rude words”").click()
    expect(desk.get_by_text("The title", exact=False).first).to_be_visible()
    desk.get_by_label("What is wrong?").select_option(label="insulting or hateful")
    desk.get_by_label("Explanation").fill("The title insults people.")
    desk.get_by_role("button", name="Take down the list").click()
    expect(desk.locator(".messagelist")).to_contain_text("The member is told")
    reader.goto(address)
    expect(reader.get_by_role("heading", level=1)).not_to_have_text("Rude words")

    owner = browser_of(site.member.get_username())
    member = owner.page
    member.goto(site.address)
    member.get_by_label("Your account").click()
    expect(member.get_by_role("link", name="Taken down")).to_be_visible()
    member.goto(address)
    member.get_by_role("link", name="Why, and what you can do").click()
    expect(member.get_by_text("The title insults people.")).to_be_visible()
    assert owner.look() == []
    member.get_by_label("What should the moderator know?").fill("It has another title now.")
    member.get_by_role("button", name="Ask for a review").click()
    expect(member.get_by_text("A moderator will look again").first).to_be_visible()

    desk.goto(f"{site.address}/admin/catalog/takedown/")
    desk.get_by_role("link", name="List “Rude words”").click()
    expect(desk.get_by_text("It has another title now.").first).to_be_visible()
    desk.get_by_label("Answer", exact=True).fill("Thank you.")
    desk.get_by_role("button", name="Lift").click()
    expect(desk.locator(".messagelist")).to_contain_text("The member is told")
    reader.goto(address)
    expect(reader.get_by_role("heading", level=1)).to_have_text("Rude words")

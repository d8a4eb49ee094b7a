"""Friends in a real browser: asked by name, accepted by the other, seen on a film, parted."""

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import AbstractUser
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from catalog.models import Block, Friendship, WatchlistEntry
from catalog.services.ratings import rate
from tests.browser.accessibility import eyes
from tests.browser.conftest import PASSWORD, Site, log_in, without_images

pytestmark = pytest.mark.browser

OPEN_ALL = "document.querySelectorAll('main details').forEach((one) => { one.open = true; })"


@pytest.fixture
def grace(site: Site) -> AbstractUser:
    """A member with a public profile, who likes other films."""
    user = site.world.member("grace", is_public=True)
    user.set_password(PASSWORD)
    user.save()
    for place in range(12):
        rate(user_id=user.pk, movie=site.world.movies[place], half_stars=1 + place % 10)
    return user


@pytest.fixture
def hers(browser: Browser, site: Site, grace: AbstractUser) -> Iterator[Page]:
    """A browser in which Grace is logged in."""
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    without_images(page)
    log_in(page, Site(site.address, site.world, grace))
    yield page
    context.close()


def test_from_a_request_to_stars_on_a_film(member_page: Page, hers: Page, site: Site) -> None:
    member_page.goto(f"{site.address}/friends/")
    member_page.get_by_label("Send a friend request by user name").fill("Grace")
    member_page.get_by_role("button", name="Send request", exact=True).click()
    expect(member_page.locator("#toasts")).to_contain_text("You sent grace a friend request")
    member_page.goto(site.film(3))
    expect(member_page.get_by_role("heading", name="Friends who rated this")).to_have_count(0)

    hers.goto(f"{site.address}/")
    hers.get_by_label("Your account").click()
    expect(hers.locator(".menu-count")).to_contain_text("1")
    hers.get_by_role("link", name="Friends 1").click()
    hers.get_by_role("button", name="Accept ada").click()
    expect(hers.locator("#toasts")).to_contain_text("You and ada are now friends")

    member_page.reload()
    friends = member_page.get_by_role("region", name="Friends who rated this")
    expect(friends).to_contain_text("grace")
    expect(friends).to_contain_text("2")
    friends.get_by_role("link", name="grace").click()
    expect(member_page.get_by_role("heading", level=1)).to_have_text("grace")
    expect(member_page.get_by_role("region", name="You two")).to_contain_text("6 films in common")

    member_page.goto(f"{site.address}/together/")
    member_page.get_by_role("checkbox", name="grace").check()
    expect(member_page.locator(".together-grid .film").first).to_be_visible()


def test_keys_part_and_block(
    member_page: Page, hers: Page, site: Site, grace: AbstractUser
) -> None:
    Friendship.objects.create(sender=site.member, receiver=grace, accepted_at=timezone.now())
    member_page.goto(f"{site.address}/members/grace/")
    member_page.locator(".friend-more summary").focus()
    member_page.keyboard.press("Enter")
    member_page.keyboard.press("Tab")
    expect(member_page.get_by_role("button", name="Remove friend")).to_be_focused()
    member_page.keyboard.press("Tab")
    member_page.keyboard.press("Enter")
    expect(member_page.locator("#toasts")).to_contain_text("grace is blocked")
    assert not Friendship.objects.exists()
    expect(member_page.get_by_role("region", name="Blocked")).to_contain_text("grace")

    hers.goto(f"{site.address}/friends/")
    hers.get_by_label("Send a friend request by user name").fill("ada")
    hers.get_by_role("button", name="Send request", exact=True).click()
    expect(hers.locator("#toasts")).to_contain_text("No member by that name")


def test_a_profile_turned_private_is_gone(hers: Page, page: Page, site: Site) -> None:
    answer = page.goto(f"{site.address}/members/grace/")
    assert answer is not None
    assert answer.status == 200
    hers.goto(f"{site.address}/accounts/profile/")
    hers.get_by_label("Public profile").uncheck()
    hers.get_by_role("button", name="Save").click()
    expect(hers.locator("#toasts")).to_contain_text("saved")
    answer = page.goto(f"{site.address}/members/grace/")
    assert answer is not None
    assert answer.status == 404
    hers.goto(f"{site.address}/members/grace/")
    expect(hers.get_by_role("main")).to_contain_text("Only you can see this page")


def test_predicted_stars_filter_and_sort(member_page: Page, site: Site) -> None:
    for place in (20, 21, 22):
        WatchlistEntry.objects.create(user=site.member, movie=site.world.movies[place])
    member_page.goto(f"{site.address}/watchlist/")
    names: Callable[[], list[str]] = member_page.locator(".film-name").all_text_contents
    assert names() == ["Film 20", "Film 22", "Film 21"]
    member_page.get_by_label("Sort by").select_option("title")
    member_page.wait_for_url("**/watchlist/?sort=title")
    assert names() == ["Film 20", "Film 21", "Film 22"]

    member_page.goto(f"{site.address}/movies/")
    member_page.get_by_label("Predicted for you").select_option("4")
    member_page.wait_for_url("**/movies/?predicted=4")
    member_page.get_by_label("Sort by").select_option("predicted")
    member_page.wait_for_url("**sort=predicted**")
    expect(member_page.locator("#results .film-name").first).to_have_text("Film 00")
    member_page.get_by_role("link", name="Remove the filter").click()
    member_page.wait_for_url("**/movies/?sort=predicted")
    expect(member_page.locator("#results .result-count")).to_contain_text("60")


def test_its_pages_break_no_rule(browser: Browser, site: Site, grace: AbstractUser) -> None:
    others = [site.world.member(name) for name in ("asking", "asked", "blocked")]
    Friendship.objects.create(sender=grace, receiver=site.member, accepted_at=timezone.now())
    Friendship.objects.create(sender=others[0], receiver=site.member)
    Friendship.objects.create(sender=site.member, receiver=others[1])
    Block.objects.create(blocker=site.member, blocked=others[2])
    WatchlistEntry.objects.create(user=site.member, movie=site.world.movies[20])
    for place in range(6, 40):
        rate(user_id=site.member.pk, movie=site.world.movies[place], half_stars=2 + 2 * (place % 5))
    film = site.world.movies[3].get_absolute_url()
    with eyes(browser) as ours:
        broken: list[str] = []
        log_in(ours.page, site)
        for path in (
            "/friends/",
            "/members/grace/",
            "/members/ada/",
            film,
            "/watchlist/",
            "/taste/",
        ):
            ours.page.goto(f"{site.address}{path}")
            ours.page.evaluate(OPEN_ALL)
            broken += ours.look()
    assert broken == []

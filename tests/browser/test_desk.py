"""The editor's desk in a real browser: merging doubles and undoing it, by mouse and on a phone."""

from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from catalog.models import DiaryEntry, FilmMerge, Link, Movie, MovieList, MovieListEntry
from catalog.queries.doubles import forget_count
from catalog.services.ratings import rate
from tests.browser.accessibility import ALL_RULES, eyes
from tests.browser.conftest import PASSWORD, Site, log_in

pytestmark = pytest.mark.browser


@pytest.fixture
def editor(site: Site, django_user_model: type[AbstractUser]) -> AbstractUser:
    return django_user_model.objects.create_superuser("edith", "edith@example.org", PASSWORD)


@pytest.fixture
def doubles(site: Site) -> tuple[Movie, Movie]:
    """A film of the site, and another that is the same; the member has both on a list."""
    one = site.world.movies[10]
    two = Movie.objects.create(title=one.title, year=one.year, runtime=99)
    Link.objects.create(movie=two, imdb_id="tt7654321")
    rate(user_id=site.member.pk, movie=two, half_stars=3)
    DiaryEntry.objects.create(user=site.member, movie=two, watched_on="2026-01-02")
    mine = MovieList.objects.create(user=site.member, title="Mine")
    for place, movie in enumerate((two, one)):
        MovieListEntry.objects.create(list=mine, movie=movie, position=place)
    forget_count()  # an earlier test may have been on the desk within its minutes
    return one, two


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def desk(quiet: Any, site: Site, editor: AbstractUser, complaints: list[str]) -> Page:
    page: Page = quiet.new_page()

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and "image.tmdb.org" not in message.text:
            complaints.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    log_in(page, Site(site.address, site.world, editor))
    return page


def test_an_editor_merges_doubles_and_undoes_it(
    desk: Page, site: Site, doubles: tuple[Movie, Movie], complaints: list[str]
) -> None:
    one, two = doubles
    ratings = one.rating_count
    desk.goto(f"{site.address}/admin/")
    desk.get_by_role("link", name="1 pair of films may be one film").click()
    desk.get_by_role("link", name=f"Compare {one}").click()
    expect(desk.get_by_role("cell", name="tt7654321")).to_be_visible()
    desk.get_by_role("button", name="Merge them").click()
    expect(desk.get_by_text("is now a part of")).to_be_visible()
    assert not Movie.objects.filter(pk=two.pk).exists()
    merged = Movie.objects.get(pk=one.pk)
    assert merged.rating_count == ratings + 1 - merged.ratings.filter(user=site.member).count() + 1
    assert MovieListEntry.objects.get().position == 0
    assert DiaryEntry.objects.get().movie_id == one.pk

    old = f"{site.address}/movies/{two.pk}-{two.slug}/"
    desk.goto(old)
    expect(desk).to_have_url(site.address + one.get_absolute_url())

    desk.goto(f"{site.address}/admin/catalog/filmmerge/{FilmMerge.objects.get().pk}/change/")
    desk.get_by_role("button", name="Undo this merge").click()
    expect(desk.get_by_text("They are two films again")).to_be_visible()
    desk.goto(old)
    expect(desk).to_have_url(old)
    assert MovieListEntry.objects.count() == 2
    assert Movie.objects.get(pk=one.pk).rating_count == ratings
    assert complaints == []


def test_two_films_stay_two(desk: Page, site: Site, doubles: tuple[Movie, Movie]) -> None:
    desk.goto(f"{site.address}/admin/catalog/movie/doubles/")
    desk.get_by_role("link", name="Compare").first.focus()
    desk.keyboard.press("Enter")
    desk.get_by_role("button", name="They are two films").press("Enter")
    expect(desk.get_by_text("No two films look like one.")).to_be_visible()


def test_a_film_is_found_changed_and_put_back(
    desk: Page, site: Site, complaints: list[str]
) -> None:
    movie = site.world.movies[10]
    desk.goto(f"{site.address}{movie.get_absolute_url()}")
    desk.get_by_role("link", name="Edit this film").click()
    desk.locator("#id_tagline").fill("A new line")
    desk.get_by_role("combobox", name="Collection").click()
    expect(desk.get_by_role("searchbox", name="Collection")).to_be_focused()
    desk.keyboard.press("Escape")
    desk.get_by_role("searchbox", name="Genres").fill("com")
    desk.locator(".select2-results__option", has_text="Comedy").click()
    desk.get_by_role("button", name="Save and continue editing").first.click()
    expect(desk.locator("#id_tagline")).to_have_value("A new line")
    desk.get_by_role("link", name="History").click()
    expect(desk.get_by_role("cell", name="A new line")).to_be_visible()
    desk.get_by_role("button", name="Undo this change").click()
    expect(desk.get_by_text("The change was undone.")).to_be_visible()
    movie.refresh_from_db()
    assert movie.tagline == ""
    assert complaints == []


def test_the_theme_is_the_sites_and_is_kept(desk: Page, site: Site) -> None:
    desk.goto(f"{site.address}/admin/")
    desk.get_by_role("button", name="Toggle theme").click()
    kept = desk.locator("html").get_attribute("data-theme")
    assert kept in ("light", "dark")
    desk.goto(f"{site.address}/")
    expect(desk.locator("html")).to_have_attribute("data-theme", kept)


def test_no_page_of_the_desk_breaks_a_rule(
    browser: Browser, site: Site, editor: AbstractUser, doubles: tuple[Movie, Movie]
) -> None:
    one, two = doubles
    public = MovieList.objects.create(user=site.member, title="To be looked at", is_public=True)
    with eyes(browser, ALL_RULES) as ours:
        broken: list[str] = []
        log_in(ours.page, Site(site.address, site.world, editor))
        for path in (
            "/admin/",
            "/admin/catalog/movie/doubles/",
            f"/admin/catalog/movie/compare/?one={one.pk}&other={two.pk}",
            f"/admin/catalog/movie/{one.pk}/delete/",
            f"/admin/catalog/report/list/{public.pk}/",
            "/admin/catalog/diaryentry/",
        ):
            ours.page.goto(f"{site.address}{path}")
            broken += ours.look()
    assert broken == []

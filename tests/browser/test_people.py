"""From a name typed into the header to a person's films, and from a film to who made it."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

from catalog.models import Department, Movie, Person
from catalog.services.ratings import rate
from tests.browser.conftest import Site, log_in
from tests.catalog.images.conftest import image_server
from tests.catalog.images.server import ImageServer
from tests.catalog.people import credit, kubrick

__all__ = ["image_server"]

pytestmark = pytest.mark.browser


@pytest.fixture
def films(site: Site) -> list[Movie]:
    """Kubrick's three, the first with a cast of which one has a picture."""
    _, films = kubrick()
    for place, (name, character, path) in enumerate(
        (
            ("Jack Nicholson", "Jack Torrance", "/jack.jpg"),
            ("Shelley Duvall", "Wendy Torrance", "/missing.jpg"),
            ("Danny Lloyd", "Danny Torrance", ""),
        ),
        start=1,
    ):
        person = Person.objects.create(name=name, profile_path=path)
        credit(films[0], person, Department.ACTING, character=character, position=place)
    composer = Person.objects.create(name="Wendy Carlos")
    credit(films[0], composer, Department.MUSIC, job="Original Music Composer", position=9)
    Movie.objects.filter(pk=films[0].pk).update(poster_path="/shining.jpg")
    rate(user_id=site.member.pk, movie=films[2], half_stars=9)
    return films


@pytest.fixture
def asked_hosts(context: BrowserContext) -> set[str]:
    hosts: set[str] = set()

    def note(request: Request) -> None:
        hosts.add(urlsplit(request.url).netloc)

    context.on("request", note)
    return hosts


@pytest.fixture
def page_with_pictures(
    context: BrowserContext, site: Site, image_server: ImageServer, films: list[Movie]
) -> Page:
    page = context.new_page()
    log_in(page, site)
    return page


def test_a_name_leads_to_the_films_in_time_order_with_ones_own_stars(
    page_with_pictures: Page, site: Site, films: list[Movie], asked_hosts: set[str]
) -> None:
    page = page_with_pictures
    page.goto(site.address)
    page.get_by_role("combobox").first.press_sequentially("kubr")
    page.get_by_role("option", name="Stanley Kubrick").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Stanley Kubrick")
    expect(page.get_by_role("heading", name="Directing")).to_be_visible()
    titles = page.locator(".person-films .film-name").all_inner_texts()
    assert titles == ["Paths of Glory", "A Clockwork Orange", "The Shining"]
    stars = page.locator(f'[data-film="{films[2].pk}"] [data-your-stars]')
    expect(stars).to_have_text("4.5")
    expect(page.get_by_text("you rated 1: 4.5 stars")).to_be_visible()
    assert asked_hosts == {urlsplit(site.address).netloc}, "the site's own host alone"


def test_a_film_shows_who_made_it(
    page_with_pictures: Page, site: Site, films: list[Movie], asked_hosts: set[str]
) -> None:
    page = page_with_pictures
    page.goto(site.address + films[0].get_absolute_url())
    expect(page.get_by_role("link", name="Stanley Kubrick")).to_be_visible()
    expect(page.get_by_role("link", name="Wendy Carlos")).to_be_visible()
    cast = page.get_by_role("region", name="Cast").get_by_role("listitem")
    expect(cast).to_have_count(3)
    expect(cast.first).to_contain_text("Jack Torrance")
    # One picture came; where it did not, and where there is none, initials stand.
    expect(page.locator(".cast img")).to_have_count(1)
    expect(page.locator(".cast .portrait").nth(1)).to_have_text("SD")
    poster = page.locator(".film-picture img")
    expect(poster).to_have_js_property("naturalWidth", 342)
    assert asked_hosts == {urlsplit(site.address).netloc}
    cast.first.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Jack Nicholson")
    expect(page.get_by_text("Jack Torrance")).to_be_visible()


def test_the_list_of_films_offers_people_while_one_types(
    page_with_pictures: Page, site: Site
) -> None:
    page = page_with_pictures
    page.goto(f"{site.address}/movies/")
    page.get_by_label("Title or person").fill("kubrick")
    expect(page.locator(".people-line").get_by_role("link", name="Stanley Kubrick")).to_be_visible()
    titles = page.locator("#results .film h3")
    expect(titles).to_have_text(["The Shining", "A Clockwork Orange", "Paths of Glory"])

"""A film that is missing is found at TMDB, added by a click, and shown: with a real worker."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from catalog.models import Movie
from tests.browser.celery_worker import celery_worker
from tests.browser.conftest import Site
from tests.recommender.world import publish_with_content
from tests.stand_in_tmdb import KEY, StandInTmdb, dune, tmdb

__all__ = ["tmdb"]

SLOW = 60_000  # milliseconds: a worker starts, on two busy cores

pytestmark = [pytest.mark.browser, pytest.mark.services]


@pytest.fixture
def worker(site: Site, tmdb: StandInTmdb, tmp_path: Path) -> Iterator[None]:
    with celery_worker(
        tmp_path / "worker.log",
        TMDB_API_KEY=KEY,
        TMDB_API_URL=tmdb.url,
        MATINEE_COUNTRIES="US,DE",
    ):
        yield


def test_a_search_adds_a_film(
    tmdb: StandInTmdb, member_page: Page, site: Site, worker: None
) -> None:
    tmdb.add(dune())
    page = member_page
    page.goto(f"{site.address}/movies/")
    page.get_by_role("main").get_by_role("searchbox").fill("Dune 2021")
    offer = page.get_by_role("region", name="Not on this site yet")
    expect(offer).to_be_visible(timeout=SLOW)
    offer.get_by_role("button", name="Add this film Dune").click()
    offer.get_by_role("link", name="Open the film Dune").click(timeout=20_000)
    expect(page.get_by_role("heading", level=1, name="Dune")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Where to watch in United States")
    expect(page.get_by_role("main")).to_contain_text("not endorsed or certified by TMDB")
    assert Movie.objects.get(title="Dune").link.tmdb_id == 438631

    page.goto(f"{site.address}/movies/?q=Dune")
    expect(page.get_by_role("article").first).to_contain_text("Dune")
    expect(offer).to_have_count(0)


def test_a_film_that_was_just_added_is_recommended(
    tmdb: StandInTmdb, member_page: Page, site: Site, worker: None
) -> None:
    """By its content, without another training: the member loves dramas."""
    Movie.objects.update(created_at=timezone.now() - timedelta(days=365))
    publish_with_content(site.world)
    tmdb.add({**dune(), "genres": [{"id": 18, "name": "Drama"}]})
    page = member_page
    page.goto(f"{site.address}/movies/?q=Dune")
    offer = page.get_by_role("region", name="Not on this site yet")
    expect(offer).to_be_visible(timeout=SLOW)
    offer.get_by_role("button", name="Add this film Dune").click()
    expect(offer.get_by_role("link", name="Open the film Dune")).to_be_visible(timeout=20_000)
    page.goto(f"{site.address}/")
    films = page.get_by_role("main").get_by_role("article")
    expect(films.filter(has_text="Dune").first).to_be_visible()

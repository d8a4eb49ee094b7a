"""Watching together in a browser: what a friend's services have can be asked for."""

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from catalog.models import Friendship, Offer, Provider, StreamingChoice
from recommender.serving.live_catalog import live_catalog
from tests.browser.conftest import Site

pytestmark = pytest.mark.browser


def test_a_group_narrows_films_to_its_services(member_page: Page, site: Site) -> None:
    leo = site.world.fan_of_even(name="leo")
    Friendship.objects.create(sender=site.member, receiver=leo, accepted_at=timezone.now())
    service = Provider.objects.create(tmdb_id=8, name="Filmstream")
    country = settings.MATINEE_COUNTRIES[0]
    StreamingChoice.objects.create(user=leo, country=country, providers=[service.pk])
    film = site.world.movies[20]
    Offer.objects.create(movie=film, provider=service, country=country, kind="flatrate")
    live_catalog.forget()
    member_page.goto(f"{site.address}/together/")
    with member_page.expect_event("load"):
        member_page.get_by_role("checkbox", name="leo").check()
    films = member_page.locator(".together-grid .film")
    expect(films.nth(1)).to_be_visible()
    member_page.get_by_label("Where to watch").select_option(label="A service of ours")
    expect(films).to_have_count(1)
    expect(films.get_by_role("heading")).to_have_text(film.title)
    expect(member_page.locator(".together-stars")).to_contain_text("leo")

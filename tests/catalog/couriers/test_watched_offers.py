"""Films of a watchlist that come to a member's services."""

import pytest
from django.contrib.auth import get_user_model

from catalog.couriers.watched_offers import tell_of_watchlists
from catalog.models import Movie, Notice, Offer, Provider, WatchlistEntry
from catalog.services.ratings import rate
from catalog.services.subscriptions import choose_services


@pytest.mark.django_db
def test_a_film_of_the_watchlist_is_told_when_it_comes() -> None:
    ada = get_user_model().objects.create_user("ada", "ada@example.org")
    mine, other = (Provider.objects.create(tmdb_id=n, name=f"Service {n}") for n in (1, 2))
    choose_services(user_id=ada.pk, country="US", providers=[mine.pk], only_mine=False)
    films = [Movie.objects.create(title=f"Film {n}") for n in range(5)]
    for film in films:
        WatchlistEntry.objects.create(user=ada, movie=film)
    assert tell_of_watchlists() == 0
    for film, provider, country, kind in (
        (films[0], mine, "US", "flatrate"),
        (films[1], other, "US", "flatrate"),
        (films[2], mine, "AT", "flatrate"),
        (films[3], mine, "US", "rent"),
        (films[4], mine, "US", "free"),
    ):
        Offer.objects.create(movie=film, provider=provider, country=country, kind=kind)
    rate(user_id=ada.pk, movie=films[4], half_stars=8)
    assert tell_of_watchlists() == 1, "included, on a service of hers, in her country, not seen"
    assert Notice.objects.get().movie == films[0]
    assert tell_of_watchlists() == 0

"""Where films can be watched."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from django.db.models import Count

from catalog.models import Movie, Offer, Provider, StreamingChoice
from catalog.models.provider import INCLUDED

MOST_OFFERED = 60


def providers_in(country: str, chosen: Collection[int] = ()) -> list[Provider]:
    """The services that include most films in a country, those ``chosen`` among them."""
    counted = (
        Provider.objects.filter(offers__country=country, offers__kind__in=INCLUDED)
        .annotate(films=Count("offers__movie", distinct=True))
        .order_by("-films", "name")
    )
    found = list(counted)
    return [
        provider
        for place, provider in enumerate(found)
        if place < MOST_OFFERED or provider.pk in chosen
    ]


def offered_by(
    movie_ids: Sequence[int], country: str, providers: Collection[int] | None = None
) -> dict[int, list[str]]:
    """The names of the services that include each film, of ``providers`` alone where given."""
    offers = Offer.objects.filter(movie_id__in=movie_ids, country=country, kind__in=INCLUDED)
    if providers is not None:
        offers = offers.filter(provider_id__in=providers)
    names: dict[int, list[str]] = {}
    for movie_id, name in offers.order_by("priority", "pk").values_list(
        "movie_id", "provider__name"
    ):
        if name not in names.setdefault(movie_id, []):
            names[movie_id].append(name)
    return names


def name_services(movies: Iterable[Movie], choice: StreamingChoice | None) -> None:
    """Give films that were read otherwise the service of a member that their cards name."""
    if choice is None:
        return
    movies = list(movies)
    offered = offered_by([one.pk for one in movies], choice.country, choice.providers)
    for one in movies:
        one.service = next(iter(offered.get(one.pk, [])), "")

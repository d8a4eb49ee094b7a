"""Words, releases and offers in the reader's language and country."""

from datetime import date

import pytest

from catalog.models import FilmTranslation, Movie, Offer, Provider, Release
from catalog.models.release import ReleaseKind
from catalog.queries.local_details import Words, local_details

pytestmark = pytest.mark.django_db


def test_a_translation(amelie: Movie) -> None:
    FilmTranslation.objects.create(
        movie=amelie, language="de", title="Die fabelhafte Welt der Amélie", overview="In Paris."
    )
    german = local_details(amelie, language="de", country="DE")
    assert german.title == "Die fabelhafte Welt der Amélie"
    assert german.overview == Words("In Paris.", True)
    assert german.tagline == Words(amelie.tagline, False), "English is the fallback"
    assert local_details(amelie, language="de-at", country="DE").title == german.title
    assert local_details(amelie, language="en", country="DE").title == "Amélie"


def test_a_film_has_its_own_title_in_its_own_language(amelie: Movie) -> None:
    french = local_details(amelie, language="fr", country="FR")
    assert french.title == amelie.original_title
    assert local_details(amelie, language="de", country="FR").title == "Amélie"


def test_the_release_of_most_weight_and_any_certificate(amelie: Movie) -> None:
    for kind, day, certificate in (
        (ReleaseKind.PREMIERE, date(2001, 4, 1), ""),
        (ReleaseKind.PHYSICAL, date(2002, 1, 1), "6"),
        (ReleaseKind.CINEMA, date(2001, 8, 16), ""),
    ):
        Release.objects.create(
            movie=amelie, country="DE", kind=kind, released_on=day, certificate=certificate
        )
    german = local_details(amelie, language="en", country="DE")
    assert (german.released_on, german.certificate) == (date(2001, 8, 16), "6")
    nowhere = local_details(amelie, language="en", country="US")
    assert (nowhere.released_on, nowhere.certificate) == (None, "")


def test_offers_by_kind_in_the_providers_order(amelie: Movie) -> None:
    apple, mubi = (
        Provider.objects.create(tmdb_id=n, name=name) for n, name in ((2, "A"), (11, "M"))
    )
    for kind, provider, priority in (("buy", apple, 4), ("flatrate", mubi, 1), ("buy", mubi, 2)):
        Offer.objects.create(
            movie=amelie, country="DE", kind=kind, provider=provider, priority=priority
        )
    offers = local_details(amelie, language="en", country="DE").offers
    assert [(kind.value, providers) for kind, providers in offers] == [
        ("flatrate", [mubi]),
        ("buy", [mubi, apple]),
    ]
    assert local_details(amelie, language="en", country="US").offers == []

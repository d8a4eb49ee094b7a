"""A film's details become a record; what is missing or wrong in them does not."""

from datetime import date
from typing import Any

import pytest

from catalog.tmdb.errors import UnreadableError
from catalog.tmdb.films import film_record
from catalog.tmdb.records import CollectionRecord, OfferRecord, ReleaseRecord
from tests.stand_in_tmdb import bare, dune


def test_all_that_is_known() -> None:
    film = film_record(dune())
    assert (film.year, film.release_date) == (2021, date(2021, 9, 15))
    assert film.genres == ("Science Fiction", "Adventure")
    assert film.collection == CollectionRecord(
        726871, "Dune Collection", "/collection.jpg", "/collection-wide.jpg"
    )
    assert film.companies == ((923, "Legendary Pictures"),)
    assert film.countries == (("US", "United States of America"),)
    assert ReleaseRecord("DE", 3, date(2021, 9, 16), "12") in film.releases
    assert OfferRecord("US", "flatrate", 8, "Netflix", "/netflix.jpg", 0) in film.offers
    assert film.translations[0].title == "Dune: Der Wüstenplanet"


def test_nothing_but_a_title() -> None:
    film = film_record(bare(7, "Some Film"))
    assert (film.tmdb_id, film.title) == (7, "Some Film")
    assert film.year is film.release_date is film.runtime is film.imdb_id is None
    assert (film.poster_path, film.overview, film.offers, film.credits) == ("", "", (), ())


@pytest.mark.parametrize("answer", [{}, {"id": 7}, {"id": "7", "title": "x"}, bare(7, " ")])
def test_no_film_without_id_and_title(answer: dict[str, Any]) -> None:
    with pytest.raises(UnreadableError):
        film_record(answer)


@pytest.mark.parametrize(
    ("name", "wrong", "kept"),
    [
        ("runtime", 0, None),
        ("runtime", -5, None),
        ("runtime", "155", None),
        ("runtime", 40_000, None),
        ("budget", 0, None),
        ("budget", True, None),
        ("imdb_id", "nm0000123", "tt1160419"),  # as the external ids say
        ("homepage", "javascript:alert(1)", ""),
        ("poster_path", "https://elsewhere.example/x.jpg", "/other.jpg"),
        ("poster_path", None, "/other.jpg"),
        ("poster_path", "/../../etc/passwd", "/other.jpg"),
        ("release_date", "2021-02-30", None),
        ("original_language", "english", ""),
        ("vote_count", 0, None),
        ("genres", None, ()),
        ("genres", [{"id": 1}, "Drama", {"name": "Drama"}, {"name": "Drama"}], ("Drama",)),
        ("belongs_to_collection", {"name": "without an id"}, None),
        ("translations", {"translations": [{"iso_639_1": "de", "data": {}}]}, ()),
        ("watch/providers", {"results": []}, ()),
        ("release_dates", {"results": [{"iso_3166_1": "US"}]}, ()),
        ("overview", "with\x00 a\r\nbreak", "with a\nbreak"),
    ],
)
def test_what_is_wrong_is_not_taken(name: str, wrong: object, kept: object) -> None:
    film = film_record({**dune(), name: wrong})
    fields = {
        "belongs_to_collection": "collection",
        "watch/providers": "offers",
        "release_dates": "releases",
    }
    assert getattr(film, fields.get(name, name)) == kept


def test_an_average_of_no_votes_is_none() -> None:
    assert film_record({**dune(), "vote_count": 0}).vote_average is None

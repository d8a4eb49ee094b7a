"""Credits: the first of the cast, and the crew that the site knows."""

from catalog.tmdb.people import MOST_CAST, credit_records, keyword_records
from tests.stand_in_tmdb import credit, dune


def test_cast_and_crew() -> None:
    found = list(credit_records(dune()["credits"]))
    assert [(one.name, one.kind, one.job, one.character) for one in found] == [
        ("Timothée Chalamet", "cast", "", "Paul Atreides"),
        ("Rebecca Ferguson", "cast", "", "Lady Jessica"),
        ("Denis Villeneuve", "crew", "Director", ""),
        ("Hans Zimmer", "crew", "Original Music Composer", ""),
    ]


def test_the_first_twenty_of_the_cast_in_their_order() -> None:
    cast = [credit(n + 1, f"Actor {n}", character="", order=n) for n in reversed(range(30))]
    found = list(credit_records({"cast": cast}))
    assert [one.name for one in found] == [f"Actor {n}" for n in range(MOST_CAST)]


def test_who_has_no_id_or_name_is_left_out() -> None:
    cast = [{"name": "Nobody"}, {"id": 5}, "no object", credit(1, "Somebody")]
    assert [one.name for one in credit_records({"cast": cast, "crew": None})] == ["Somebody"]


def test_keywords() -> None:
    part = {"keywords": [{"id": 818, "name": "based on novel or book"}, {"id": 9}]}
    assert [(one.tmdb_id, one.name) for one in keyword_records(part)] == [
        (818, "based on novel or book")
    ]

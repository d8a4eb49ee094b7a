"""Questions to TMDB over real HTTP: what is asked, and what becomes of each kind of answer."""

import logging
import time
from datetime import date
from typing import Any

import pytest

from catalog.tmdb import errors
from catalog.tmdb.client import Patience, Tmdb
from tests.stand_in_tmdb import KEY, Fault, StandInTmdb, bare, dune

QUICK = Patience(answer_seconds=0.3, attempts=2, total_seconds=3)


@pytest.fixture
def client(tmdb: StandInTmdb) -> Tmdb:
    tmdb.add(dune())
    return Tmdb(QUICK)


def test_a_film_comes_whole_in_one_call(client: Tmdb, tmdb: StandInTmdb) -> None:
    film = client.film(438631)
    assert tmdb.paths() == ["movie/438631"]
    assert (film.title, film.imdb_id, film.runtime) == ("Dune", "tt1160419", 155)
    assert film.credits
    assert film.keywords
    assert film.releases
    assert film.offers
    assert film.translations


def test_a_v3_key_stands_in_the_query(client: Tmdb, tmdb: StandInTmdb) -> None:
    client.film(438631)
    assert tmdb.asked[0].query["api_key"] == KEY
    assert tmdb.asked[0].authorization is None


def test_a_v4_token_stands_in_a_header(client: Tmdb, tmdb: StandInTmdb, settings: Any) -> None:
    settings.TMDB_API_KEY = "eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJtYXRpbmVlIn0.c2lnbmF0dXJl"
    client.film(438631)
    assert "api_key" not in tmdb.asked[0].query
    assert tmdb.asked[0].authorization == f"Bearer {settings.TMDB_API_KEY}"


def test_without_a_key_nothing_is_asked(tmdb: StandInTmdb, settings: Any) -> None:
    settings.TMDB_API_KEY = ""
    with pytest.raises(errors.TmdbOffError, match="TMDB_API_KEY is empty"):
        Tmdb()
    assert tmdb.asked == []


def test_searches_by_title_and_year(client: Tmdb, tmdb: StandInTmdb) -> None:
    tmdb.add(bare(841, "Dune", release_date="1984-12-14"))
    assert {film.tmdb_id for film in client.search("dune")} == {438631, 841}
    assert [(f.tmdb_id, f.year) for f in client.search("dune", year=1984)] == [(841, 1984)]
    assert client.search("no such film") == []


def test_finds_by_an_imdb_id(client: Tmdb) -> None:
    found = client.find_by_imdb("tt1160419")
    assert found is not None
    assert found.tmdb_id == 438631
    assert client.find_by_imdb("tt0000001") is None


def test_reads_the_feed_of_changes_and_the_charts(client: Tmdb, tmdb: StandInTmdb) -> None:
    tmdb.changed, tmdb.charts["upcoming"] = [5, 438631], [438631]
    assert list(client.changed(date(2026, 11, 20), date(2026, 11, 21))) == [5, 438631]
    assert tmdb.asked[0].query["start_date"] == "2026-11-20"
    assert [film.tmdb_id for film in client.upcoming("DE")] == [438631]
    assert tmdb.asked[1].query["region"] == "DE"
    assert client.now_playing("DE") == []


@pytest.mark.parametrize(
    ("fault", "error", "attempts"),
    [
        (Fault(401), errors.KeyRefusedError, 1),
        (Fault(404), errors.NotThereError, 1),
        (Fault(422), errors.UnreadableError, 1),
        (Fault(301, headers={"Location": "https://example.org/"}), errors.UnreadableError, 1),
        (Fault(429, headers={"Retry-After": "0"}), errors.TooManyRequestsError, 2),
        (Fault(429), errors.TooManyRequestsError, 2),
        (Fault(500), errors.UnavailableError, 2),
        (Fault(503), errors.UnavailableError, 2),
        (Fault(seconds=0.6), errors.UnavailableError, 2),
        (Fault(cut=True), errors.UnavailableError, 2),
        (Fault(body=b"<html>Just a moment</html>"), errors.UnreadableError, 1),
        (Fault(body=b"[1, 2]"), errors.UnreadableError, 1),
        (Fault(body=b'{"title": "a film without an id"}'), errors.UnreadableError, 1),
    ],
)
def test_each_fault_has_its_error_and_only_passing_ones_are_tried_again(
    client: Tmdb, tmdb: StandInTmdb, fault: Fault, error: type[Exception], attempts: int
) -> None:
    tmdb.faults = [fault, fault]
    with pytest.raises(error) as raised:
        client.film(438631)
    assert type(raised.value) is error
    assert len(tmdb.asked) == attempts


@pytest.mark.parametrize(
    "fault", [Fault(429, headers={"Retry-After": "0"}), Fault(502), Fault(cut=True)]
)
def test_a_passing_fault_is_not_seen(client: Tmdb, tmdb: StandInTmdb, fault: Fault) -> None:
    tmdb.faults = [fault]
    assert client.film(438631).title == "Dune"


def test_waits_as_long_as_it_is_told_to(client: Tmdb, tmdb: StandInTmdb) -> None:
    tmdb.faults = [Fault(429, headers={"Retry-After": "1"})]
    started = time.monotonic()
    client.film(438631)
    assert time.monotonic() - started >= 1


def test_does_not_wait_longer_than_it_may(client: Tmdb, tmdb: StandInTmdb) -> None:
    tmdb.faults = [Fault(429, headers={"Retry-After": "3600"})] * 2
    started = time.monotonic()
    with pytest.raises(errors.TooManyRequestsError):
        client.film(438631)
    assert time.monotonic() - started < 5


def test_nobody_at_the_address(client: Tmdb, tmdb: StandInTmdb) -> None:
    tmdb.close()
    with pytest.raises(errors.UnavailableError, match="does not answer"):
        client.film(438631)


def test_the_key_is_in_no_message_and_no_log(
    client: Tmdb, tmdb: StandInTmdb, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    tmdb.faults = [Fault(cut=True), Fault(500)]
    with pytest.raises(errors.UnavailableError) as raised:
        client.film(438631)
    assert KEY not in f"{raised.value!r}{raised.value.__cause__!r}{caplog.text}"

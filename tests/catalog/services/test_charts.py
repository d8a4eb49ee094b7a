"""What is popular now and what comes soon: TMDB's order, and films that are here afterwards."""

from typing import Any

import pytest

from catalog.models import Chart, ChartEntry, Movie
from catalog.services.charts import renew_charts
from catalog.tmdb.errors import KeyRefusedError
from tests.stand_in_tmdb import StandInTmdb, bare, dune

pytestmark = pytest.mark.django_db


def titles(chart: Chart) -> list[str]:
    entries = ChartEntry.objects.filter(chart=chart).select_related("movie")
    return [entry.movie.title for entry in entries]


def test_both_charts_of_the_sites_country(tmdb: StandInTmdb, amelie: Movie) -> None:
    tmdb.add(dune(), bare(194, "Amélie"), bare(7, "Soon"))
    tmdb.charts = {"now_playing": [438631, 194], "upcoming": [7]}
    renew_charts()
    assert titles(Chart.POPULAR_NOW) == ["Dune", "Amélie"]
    assert titles(Chart.COMING_SOON) == ["Soon"]
    assert Movie.objects.count() == 3, "the film that was here is not added again"
    assert {one.query.get("region", "US") for one in tmdb.asked} == {"US"}


def test_the_next_chart_replaces_the_one_before(tmdb: StandInTmdb) -> None:
    tmdb.add(dune(), bare(7, "Soon"))
    tmdb.charts = {"now_playing": [438631, 7], "upcoming": []}
    renew_charts()
    tmdb.charts["now_playing"] = [7]
    renew_charts()
    assert titles(Chart.POPULAR_NOW) == ["Soon"]


def test_what_is_shown_stays_when_tmdb_refuses(tmdb: StandInTmdb, settings: Any) -> None:
    tmdb.add(dune())
    tmdb.charts = {"now_playing": [438631], "upcoming": []}
    renew_charts()
    settings.TMDB_API_KEY = "f" * 32
    with pytest.raises(KeyRefusedError):
        renew_charts()
    assert titles(Chart.POPULAR_NOW) == ["Dune"]


def test_a_film_that_cannot_be_added_is_passed_over(tmdb: StandInTmdb) -> None:
    tmdb.add(dune(), bare(7, "Soon"))
    tmdb.charts = {"now_playing": [7, 438631], "upcoming": []}
    answer = tmdb.answer
    tmdb.answer = lambda path, query: (  # type: ignore[method-assign]
        (404, {}) if path == "movie/7" else answer(path, query)
    )
    renew_charts()
    assert titles(Chart.POPULAR_NOW) == ["Dune"]

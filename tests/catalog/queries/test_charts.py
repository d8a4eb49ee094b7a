"""Charts as a page shows them."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from catalog.models import Chart, ChartEntry, Movie
from catalog.queries.charts import charts

pytestmark = pytest.mark.django_db


def test_films_in_the_charts_order(films: list[Movie]) -> None:
    for place, movie in enumerate((films[5], films[2]), 1):
        ChartEntry.objects.create(chart=Chart.COMING_SOON, position=place, movie=movie)
    shown = charts(AnonymousUser())
    assert [(one.chart, one.movies) for one in shown] == [(Chart.COMING_SOON, [films[5], films[2]])]


def test_no_chart_of_yesterday(films: list[Movie]) -> None:
    long_ago = timezone.now() - timedelta(days=15)
    ChartEntry.objects.create(
        chart=Chart.POPULAR_NOW, position=1, movie=films[0], fetched_at=long_ago
    )
    assert charts(AnonymousUser()) == []

"""What is popular now and what comes soon, for a page to show."""

from datetime import timedelta
from typing import NamedTuple

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.utils import timezone

from catalog.models import Chart, ChartEntry, Movie

from .films_by_key import card_movies

SHOWN_FOR = timedelta(days=14)  # a chart that was not renewed for longer is of yesterday


class ShownChart(NamedTuple):
    chart: Chart
    movies: list[Movie]


def charts(user: AbstractBaseUser | AnonymousUser) -> list[ShownChart]:
    """Both charts in TMDB's order, those that have films."""
    entries = ChartEntry.objects.filter(fetched_at__gt=timezone.now() - SHOWN_FOR)
    places = list(entries.order_by("position").values_list("chart", "movie_id"))
    if not places:
        return []
    movies = card_movies({movie_id for _, movie_id in places}, user)
    shown = [
        ShownChart(chart, [movies[key] for name, key in places if name == chart and key in movies])
        for chart in Chart
    ]
    return [one for one in shown if one.movies]

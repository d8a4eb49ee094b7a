"""A year of a diary in review: films and hours, decades, people, opinions, and each day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count
from django.utils.formats import get_format

from catalog.models import Credit, Department, DiaryEntry, Movie, Person, Rating
from catalog.queries.films_by_key import name_locally

PEOPLE_SHOWN, FILMS_SHOWN = 5, 4
OTHERS_NEEDED = 5  # with fewer ratings of others nobody is contrary to anybody
CONTRARY_STARS = 1.0
CELL, GAP = 10, 3


@dataclass(frozen=True)
class Opinion:
    """A film of the year with the member's stars and the mean of everybody else's."""

    movie: Movie
    yours: float
    others: float

    @property
    def difference(self) -> float:
        return self.yours - self.others


@dataclass(frozen=True)
class Seen:
    """A person, and in how many of the year's films."""

    person: Person
    films: int


@dataclass(frozen=True)
class Day:
    """A day of the calendar: where it is drawn, and what was watched on it."""

    day: date
    x: int
    y: int
    titles: Sequence[str]

    @property
    def level(self) -> int:
        return min(len(self.titles), 3)


@dataclass(frozen=True)
class YearInReview:
    year: int
    viewings: int
    films: int
    rewatches: int
    minutes: int
    decades: list[tuple[int, int]]
    directors: list[Seen]
    actors: list[Seen]
    loved: list[Movie]
    contrary: list[Opinion]
    calendar: list[Day]

    @property
    def hours(self) -> int:
        return round(self.minutes / 60)

    @property
    def most_of_a_decade(self) -> int:
        return max((films for _decade, films in self.decades), default=1)

    @property
    def calendar_size(self) -> tuple[int, int]:
        width = max(day.x for day in self.calendar) + CELL
        return width, 7 * (CELL + GAP) - GAP


def year_in_review(user_id: int, year: int) -> YearInReview | None:
    """None for a year of which the diary has nothing."""
    of_year = DiaryEntry.objects.filter(user_id=user_id, watched_on__year=year)
    entries = list(of_year.select_related("movie").order_by("watched_on", "pk"))
    if not entries:
        return None
    movies = {entry.movie_id: entry.movie for entry in entries}
    name_locally([entry.movie for entry in entries])
    own = Rating.objects.filter(user_id=user_id, movie__in=movies)
    stars = dict(own.values_list("movie_id", "half_stars"))
    decades = Counter(movie.year // 10 * 10 for movie in movies.values() if movie.year)
    return YearInReview(
        year=year,
        viewings=len(entries),
        films=len(movies),
        rewatches=sum(entry.rewatch for entry in entries),
        minutes=sum(entry.movie.runtime or 0 for entry in entries),
        decades=sorted(decades.items()),
        directors=_most_seen(movies, Department.DIRECTING),
        actors=_most_seen(movies, Department.ACTING),
        loved=_loved(movies, stars),
        contrary=_contrary(movies, stars),
        calendar=_calendar(year, entries),
    )


def _most_seen(movies: Mapping[int, Movie], department: Department) -> list[Seen]:
    """Who was in two films and more, the most seen first."""
    rows = (
        Credit.objects.filter(movie__in=movies, department=department)
        .order_by()
        .values("person")
        .annotate(films=Count("movie", distinct=True))
        .filter(films__gte=2)
        .order_by("-films", "-person__credit_count", "person")
        .values_list("person", "films")[:PEOPLE_SHOWN]
    )
    found = dict(rows)
    people = Person.objects.in_bulk(list(found))
    return [Seen(people[key], films) for key, films in found.items()]


def _loved(movies: Mapping[int, Movie], stars: Mapping[int, int]) -> list[Movie]:
    rated = [key for key in movies if stars.get(key, 0) >= 8]
    return [movies[key] for key in sorted(rated, key=lambda key: -stars[key])[:FILMS_SHOWN]]


def _contrary(movies: Mapping[int, Movie], stars: Mapping[int, int]) -> list[Opinion]:
    """Where the member and at least five others differ by a star and more."""
    found = []
    for key, yours in stars.items():
        others = movies[key].rating_count - 1
        if others < OTHERS_NEEDED:
            continue
        mean = (movies[key].half_star_sum - yours) / others / 2
        found.append(Opinion(movies[key], yours / 2, mean))
    contrary = [one for one in found if abs(one.difference) >= CONTRARY_STARS]
    return sorted(contrary, key=lambda one: -abs(one.difference))[:FILMS_SHOWN]


def _calendar(year: int, entries: Sequence[DiaryEntry]) -> list[Day]:
    """Every day of the year, a week a column, the week as the reader's country begins it."""
    titles: dict[date, list[str]] = {}
    for entry in entries:
        titles.setdefault(entry.watched_on, []).append(entry.movie.shown_title)
    begins_on = (int(get_format("FIRST_DAY_OF_WEEK")) - 1) % 7  # Django counts from Sunday
    first = date(year, 1, 1)
    offset = (first.weekday() - begins_on) % 7
    days = []
    for place in range((date(year, 12, 31) - first).days + 1):
        week, weekday = divmod(place + offset, 7)
        day = first + timedelta(days=place)
        step = CELL + GAP
        days.append(Day(day, week * step, weekday * step, titles.get(day, [])))
    return days

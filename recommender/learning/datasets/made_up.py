"""Made-up people and films of any number, some people at a time: nobody of them exists.

How many ratings people give and films get, the stars, the hours and the years are shaped like those
that MovieLens published; behind them stand tastes, series, films that are good or bad, and people
who change, so that a model can be seen to learn each of these.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.learning.validation import check_positive

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

GENRES = (
    *("Action", "Adventure", "Animation", "Children", "Comedy", "Crime"),
    *("Documentary", "Drama", "Fantasy", "Film-Noir", "Horror", "Musical"),
    *("Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western"),
)
FIRST_YEAR, LAST_YEAR = 1920, 2018
OPENED, CLOSED = 1996, 2018  # the years in which people rate
NOISE = 0.75  # stars, before they are rounded to halves
GO_ON = 0.4  # how often the next part of a series follows

_YEAR_SECONDS = 31_556_952
_FIRST_MOMENT = 820_454_400  # 1 January 1996
_TASTES = 32  # circles of people of like taste
_DIRECTIONS = 8
_TASTE = 0.9  # how much more often a film of one's taste is chosen, in the logarithm
_SAME_TASTE = 0.55  # of a person, the rest is the person's own
_MEDIAN_SHARE = 0.31  # the median person rates so much of the mean, the median film far less
_FILM_SPREAD, _PERSON_SPREAD = 2.4, 1.5
_AT_ONCE = 250_000  # ratings
_LONGEST = 0.25  # of all films, by one person
_PAGE = 12  # films that are shown at once


@dataclass(frozen=True)
class MadeUpFilms:
    """``titles``, ``years``, ``genres`` (n, GENRES) and, from ``following`` (n,), the next part of
    a series, -1 where there is none; the rest stands behind the ratings."""

    years: Ints
    genres: NDArray[np.bool_]
    following: Ints
    titles: list[str]
    quality: Floats
    directions: Floats
    log_weight: Floats


@dataclass(frozen=True)
class MadeUpRatings:
    """By people (from 1) and films (from 0): ``half_stars`` 1 to 10, ``times`` in seconds."""

    people: Ints
    films: Ints
    half_stars: Ints
    times: Ints


def make_films(number: int, random: np.random.Generator) -> MadeUpFilms:
    """Films from 1920 to 2018, ever more of them, a tenth of them in series of two to six."""
    check_positive("number", number)
    years = FIRST_YEAR + np.floor((LAST_YEAR + 1 - FIRST_YEAR) * random.random(number) ** 0.45)
    years = years.astype(np.int64)
    kinds = random.dirichlet(np.full(len(GENRES), 0.12), number)
    genres = kinds > np.minimum(0.25, kinds.max(axis=1, keepdims=True) - 1e-9)
    of_genres = random.normal(0, 1, (len(GENRES), _DIRECTIONS))
    directions = 0.8 * (genres @ of_genres) / np.sqrt(genres.sum(axis=1, keepdims=True))
    directions += random.normal(0, 0.6, directions.shape)
    quality = random.normal(0, 0.42, number)
    log_weight = random.normal(0, _FILM_SPREAD, number) + 0.8 * quality
    log_weight -= np.log1p(np.exp(log_weight - 4.2))  # nothing is watched by everybody
    titles = [f"Made-up film {film + 1}" for film in range(number)]
    following = np.full(number, -1)
    first = 0
    while first < number - 6:
        parts = int(random.integers(2, 7))
        for part, film in enumerate(range(first, first + parts)):
            titles[film] = f"Made-up series {first + 1}, part {part + 1}"
            years[film] = min(years[first] + 2 * part, LAST_YEAR)
            genres[film], directions[film] = genres[first], directions[first]
            log_weight[film] = log_weight[first] - 0.25 * part
            following[film] = film + 1 if part < parts - 1 else -1
        first += parts * 10
    return MadeUpFilms(years, genres, following, titles, quality, directions, log_weight)


def make_ratings(
    films: MadeUpFilms, people: int, ratings: int, random: np.random.Generator
) -> Iterator[MadeUpRatings]:
    """About so many ``ratings``, of person after person, each ordered by film.

    Memory goes to a table of tastes and years, and to a quarter of a million ratings at a time.
    """
    check_positive("people", people)
    check_positive("ratings", ratings)
    circles = _Circles(films, random)
    sizes = random.lognormal(np.log(_MEDIAN_SHARE), _PERSON_SPREAD, people)
    longest = max(1.0, _LONGEST * len(films.years))
    for _ in range(20):  # those with the most stay below a bound, the others share the rest
        sizes = np.clip(sizes * (ratings / sizes.sum()), 1.0, longest)
    number = np.floor(sizes + random.random(people)).astype(np.int64)
    first, missing = 0, 0
    ends = np.cumsum(number)
    while first < people:
        before = ends[first - 1] if first else 0
        last = max(first + 1, int(np.searchsorted(ends, before + _AT_ONCE)))
        wanted = number[first:last].copy()
        # What earlier people could not give, these do.
        wanted += missing // len(wanted)
        made = circles.ratings(np.arange(first, last) + 1, wanted)
        missing += int(number[first:last].sum()) - len(made.people)
        yield made
        first = last


class _Circles:
    """Circles of people of like taste: what each chooses in which year, and how it likes that."""

    def __init__(self, films: MadeUpFilms, random: np.random.Generator) -> None:
        self._films, self._random = films, random
        self._tastes = random.normal(0, 1, (_TASTES, _DIRECTIONS)) / np.sqrt(_DIRECTIONS)
        agreement = self._tastes @ films.directions.T
        self._chosen: dict[int, Floats] = {}
        for year in range(OPENED, CLOSED + 1):
            age = year - films.years
            fresh = np.where(age < 0, -np.inf, 1.6 * np.exp(-np.maximum(age, 0) / 2.5))
            weights = np.exp(films.log_weight + fresh + _TASTE * 2.0 * agreement)
            if not weights.any():
                weights += 1.0
            total = np.cumsum(weights, axis=1, dtype=np.float64)
            self._chosen[year] = (total / total[:, -1:]).astype(np.float32)

    def ratings(self, people: Ints, wanted: Ints) -> MadeUpRatings:
        """Of ``people`` (n,), as many as are ``wanted`` (n,) of each, or somewhat fewer."""
        # Well-known films are drawn again and again, the more of all films somebody rates.
        tried = (wanted * (1.7 + 20 * wanted / len(self._films.years))).astype(np.int64) + 4
        rows = np.repeat(np.arange(len(people)), tried)
        visits, moments = self._visits(rows, len(people), wanted)
        circle = self._circles_of(rows, visits, len(people))
        films = self._choose(circle, moments)
        rank = visits * 1000.0 + self._shown(films, visits, rows)
        rows, films, moments, rank, circle = self._with_series(rows, films, moments, rank, circle)
        order = np.lexsort((rank, rows))
        _, first = np.unique(rows[order] * len(self._films.years) + films[order], return_index=True)
        kept = order[np.sort(first)]
        nth = np.arange(len(kept)) - np.searchsorted(rows[kept], rows[kept])
        kept = kept[nth < wanted[rows[kept]]]
        rows, films = rows[kept], films[kept]
        times = self._times(rows, moments[kept])
        half_stars = self._stars(rows, films, circle[kept], len(people), times)
        by_film = np.lexsort((films, rows))
        return MadeUpRatings(
            people[rows[by_film]], films[by_film], half_stars[by_film], times[by_film]
        )

    def _visits(self, rows: Ints, people: int, wanted: Ints) -> tuple[Ints, Ints]:
        """In which visit each film is rated, and when that begins. Most people come once."""
        random = self._random
        span = (CLOSED + 1 - OPENED) * _YEAR_SECONDS
        joined = random.random(people) ** 0.9 * span * 0.97
        returns = random.random(people) < 0.35
        number = np.where(returns, 1 + random.geometric(0.15, people), 1)
        number = np.minimum(number, np.maximum(1, wanted // 5))
        visit = np.floor(random.random(len(rows)) ** 2 * number[rows]).astype(np.int64)
        pause = random.lognormal(np.log(6 * 86_400), 1.3, people)
        moment = joined[rows] + visit * pause[rows] * (1 + visit / 8)
        moment = np.minimum(moment, span - 86_400.0)
        return visit, (_FIRST_MOMENT + moment).astype(np.int64)

    def _circles_of(self, rows: Ints, visits: Ints, people: int) -> Ints:
        """Whose taste a person has: with the visits, ever more another circle's."""
        random = self._random
        now, later = random.integers(0, _TASTES, (2, people))
        moved = random.random(len(rows)) < 0.5 * (1 - np.exp(-visits / 6))
        return np.where(moved, later[rows], now[rows])

    def _choose(self, circle: Ints, moments: Ints) -> Ints:
        random = self._random
        years = OPENED + (moments - _FIRST_MOMENT) // _YEAR_SECONDS
        films = np.zeros(len(circle), np.int64)
        group = years * _TASTES + circle
        order = np.argsort(group, kind="stable")
        draws = random.random(len(circle))
        for part in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
            year, taste = divmod(int(group[part[0]]), _TASTES)
            films[part] = np.searchsorted(self._chosen[year][taste], draws[part])
        return np.minimum(films, len(self._films.years) - 1)

    def _shown(self, films: Ints, visits: Ints, rows: Ints) -> Floats:
        """Within a visit well-known films come first, and pages of like kind."""
        random = self._random
        known = self._films.log_weight[films]
        look = random.normal(0, 1, (int(rows.max(initial=0)) + 1, _DIRECTIONS))
        like = np.einsum("nd,nd->n", self._films.directions[films], look[rows])
        return np.clip(200 - 20 * known + 25 * like + random.normal(0, 12, len(films)), 0, 900)

    def _with_series(
        self, rows: Ints, films: Ints, moments: Ints, rank: Floats, circle: Ints
    ) -> tuple[Ints, Ints, Ints, Floats, Ints]:
        """Put the next part behind a part, often."""
        following = self._films.following[films]
        goes_on = (following >= 0) & (self._random.random(len(films)) < GO_ON)
        goes_on &= self._films.years[following] <= OPENED + (
            (moments - _FIRST_MOMENT) // _YEAR_SECONDS
        )
        more = np.flatnonzero(goes_on)
        return (
            np.concatenate([rows, rows[more]]),
            np.concatenate([films, following[more]]),
            np.concatenate([moments, moments[more]]),
            np.concatenate([rank, rank[more] + 0.01]),
            np.concatenate([circle, circle[more]]),
        )

    def _times(self, rows: Ints, moments: Ints) -> Ints:
        """Seconds apart on a page, half a minute between pages, from the beginning of a visit."""
        random = self._random
        step = random.geometric(0.25, len(rows)) - 1
        page = random.random(len(rows)) < 1 / _PAGE
        step = np.where(page, 20 + random.geometric(0.03, len(rows)), step)
        total = np.cumsum(step)
        starts = np.concatenate([[True], (np.diff(rows) != 0) | (np.diff(moments) != 0)])
        base = np.maximum.accumulate(np.where(starts, np.arange(len(rows)), 0))
        return moments + total - total[base]

    def _stars(self, rows: Ints, films: Ints, circle: Ints, people: int, times: Ints) -> Ints:
        random = self._random
        own = np.sqrt(1 - _SAME_TASTE) * random.normal(0, 1, (people, _DIRECTIONS))
        own /= np.sqrt(_DIRECTIONS)
        taste = np.sqrt(_SAME_TASTE) * self._tastes[circle] + own[rows]
        agreement = np.einsum("nd,nd->n", taste, self._films.directions[films])
        years = (times - _FIRST_MOMENT) / _YEAR_SECONDS
        mildness = random.normal(0, 0.4, people)[rows] + random.normal(0, 0.03, people)[rows] * (
            years - years.mean()
        )
        stars = 3.1 + mildness + self._films.quality[films] + 0.45 * agreement
        halves = 2 * (stars + random.normal(0, NOISE, len(rows)))
        whole = (random.random(people) < 0.35)[rows]
        halves = np.where(whole, 2 * np.round(halves / 2), np.round(halves))
        return np.clip(halves, 1, 10).astype(np.int64)

"""One film for tonight: the best for a person's taste, moved by what fits the hour and the mood.

Everything that moves a film is in stars. What was answered before counts less as days go by.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from recommender.data.catalog_arrays import CatalogArrays
from recommender.learning.arrays import IntArray
from recommender.serving.ranking import Ranking
from recommender.serving.recommender import Recommender

Float64Array = NDArray[np.float64]

CANDIDATES = 60
PASSED_AGAIN_AFTER = 14.0  # days for which a film that was passed is not proposed
HALF_LIFE = 21.0  # days after which an answer counts half
PASSED_STARS, TAKEN_STARS = 0.4, 0.25  # for a film exactly like one that was passed or taken
HABIT_STARS = 0.15  # for the genre that a member watches far more on such a day
TOO_LONG_STARS = 0.3  # on an evening that is too short for the film
TURNS_STARS = 0.1  # films foreseen so close together take turns from day to day
SMOOTHING = 3.0  # viewings of each genre that everybody is taken to have on either kind of day


@dataclass(frozen=True, kw_only=True)
class Moment:
    """When the film would be watched; ``minutes_left`` until it is late, None at the weekend."""

    day: int
    weekend: bool
    minutes_left: int | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Answers:
    """What a member said to earlier proposals, and when films were watched.

    ``ages`` are in days; ``viewings`` are keys of films with whether it was at a weekend.
    """

    movie_ids: IntArray
    taken: Float64Array
    weekend: Float64Array
    ages: Float64Array
    viewings: Sequence[tuple[int, bool]] = ()


def film_for(
    recommender: Recommender, moment: Moment, answers: Answers, user_id: int
) -> Ranking | None:
    """The film as a ranking of one; None where none is left."""
    catalog = recommender.live.catalog
    passed = (answers.taken == 0) & (answers.ages < PASSED_AGAIN_AFTER)
    ranking = recommender.top_picks(CANDIDATES, catalog.mask_of(answers.movie_ids[passed]))
    if not len(ranking):
        return None
    merit = ranking.scores.astype(np.float64)
    merit = merit + _taught(recommender, ranking.rows, moment, answers)
    merit += HABIT_STARS * _habit(catalog, ranking.rows, moment, answers.viewings)
    merit -= TOO_LONG_STARS * _too_long(catalog, ranking.rows, moment)
    close = np.flatnonzero(merit >= merit.max() - TURNS_STARS)
    place = close[_turn(user_id, moment.day, len(close))]
    one = slice(place, place + 1)
    return replace(ranking, rows=ranking.rows[one], scores=ranking.scores[one])


def _taught(
    recommender: Recommender, rows: IntArray, moment: Moment, answers: Answers
) -> Float64Array:
    """Down for what is like films passed, up for what is like films taken on such a day."""
    known = recommender.live.catalog.rows_of(answers.movie_ids)
    there = known >= 0
    if not there.any():
        return np.zeros(len(rows))
    mine, asked = _unit(recommender, rows), _unit(recommender, known[there])
    weight = 0.5 ** (answers.ages[there] / HALF_LIFE)
    alike = np.maximum(mine @ asked.T, 0) * weight
    taken = answers.taken[there] > 0
    same_day = taken & (answers.weekend[there] == moment.weekend)
    return TAKEN_STARS * alike[:, same_day].max(axis=1, initial=0) - PASSED_STARS * alike[
        :, ~taken
    ].max(axis=1, initial=0)


def _unit(recommender: Recommender, rows: IntArray) -> Float64Array:
    vectors = recommender.scores.vectors(rows).astype(np.float64)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Float64Array = vectors / np.where(lengths > 0, lengths, 1)
    return unit


def _habit(
    catalog: CatalogArrays, rows: IntArray, moment: Moment, viewings: Sequence[tuple[int, bool]]
) -> Float64Array:
    """From -1 to 1: how much more the member watches a film's genres on such a day."""
    if not viewings:
        return np.zeros(len(rows))
    known = catalog.rows_of(np.array([key for key, _ in viewings], np.int64))
    such = np.array([weekend == moment.weekend for _, weekend in viewings])
    there = known >= 0
    vectors = catalog.genre_vectors
    on_such = vectors[known[there & such]].sum(axis=0)
    on_others = vectors[known[there & ~such]].sum(axis=0)
    share = (on_such + SMOOTHING) / (on_such.sum() + SMOOTHING * len(on_such))
    other = (on_others + SMOOTHING) / (on_others.sum() + SMOOTHING * len(on_others))
    lean = np.clip(np.log(share / other), -1, 1)
    found: Float64Array = np.clip(vectors[rows].astype(np.float64) @ lean, -1, 1)
    return found


def _too_long(catalog: CatalogArrays, rows: IntArray, moment: Moment) -> Float64Array:
    """1 for a film that ends an hour too late, less for one that ends a little too late."""
    if moment.minutes_left is None:
        return np.zeros(len(rows))
    over: Float64Array = (catalog.runtime[rows].astype(np.float64) - moment.minutes_left) / 60
    clipped: Float64Array = np.clip(over, 0, 1)
    return clipped


def _turn(user_id: int, day: int, choices: int) -> int:
    digest = hashlib.blake2b(f"{user_id} {day}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) % choices

"""Three real answers of the models, for visitors: who loved these films, goes on to love those."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from django.utils import timezone

from catalog.models import Movie
from catalog.queries.films_by_key import card_movies
from recommender.data.catalog_arrays import CatalogArrays
from recommender.data.histories import history_from
from recommender.serving.likeness import most_alike
from recommender.serving.live import live_state
from recommender.serving.ranking import Source
from recommender.serving.recommender import Recommender

PROOFS, LOVED, ANSWERS = 3, 2, 4
WELL_KNOWN = 60  # of the films with the most ratings


@dataclass(frozen=True)
class Proof:
    loved: list[Movie]
    answers: list[Movie]


def proofs() -> list[Proof]:
    """Other ones every day; none before a model is live. The films are read in one query."""
    live = live_state()
    labels = tuple(
        placed.version.label for placed in (live.factorization, live.sequence) if placed is not None
    )
    found = _answers(live.catalog, labels, timezone.localdate().toordinal()) if labels else ()
    movies = card_movies({key for pair in found for keys in pair for key in keys})
    shown = [
        Proof(*([movies[key] for key in keys if key in movies] for keys in pair)) for pair in found
    ]
    return [one for one in shown if len(one.loved) == LOVED and one.answers]


@lru_cache(1)
def _answers(
    catalog: CatalogArrays, labels: tuple[str, ...], day: int
) -> tuple[tuple[list[int], list[int]], ...]:
    """Keys of the films loved and of the answers; they stay until models, films or day change."""
    live = live_state()
    found: list[tuple[list[int], list[int]]] = []
    taken: set[int] = set()
    for row in _seeds(catalog, day):
        known = catalog.rating_count >= catalog.rating_count[row] / 4
        near = most_alike(live, row, 1, known & _other_series(catalog, row))[0]
        loved = [int(catalog.movie_ids[one]) for one in (row, *near)]
        if len(loved) < LOVED or taken & set(loved):
            continue
        recommender = Recommender(history_from(loved), live=live)
        ranking = recommender.watch_next(ANSWERS + LOVED, ~_other_series(catalog, row))
        if ranking.source is Source.POPULARITY:
            return ()
        answers = [int(key) for key in catalog.movie_ids[ranking.rows] if int(key) not in taken]
        found.append((loved, answers[:ANSWERS]))
        taken.update(loved, answers)
        if len(found) == PROOFS:
            break
    return tuple(found)


def _seeds(catalog: CatalogArrays, day: int) -> Iterator[int]:
    """Well known and liked films, from another one on each day."""
    order = np.argsort(-catalog.log_popularity, kind="stable")[:WELL_KNOWN]
    order = order[~catalog.adult[order]]
    if catalog.hidden is not None:
        order = order[~catalog.hidden[order]]
    mean = catalog.rating_mean[order]
    liked = order[mean >= np.median(mean)] if len(order) else order
    step = max(len(liked) // PROOFS, 1)
    for place in range(len(liked)):
        yield int(liked[(day + place * step + place // PROOFS) % len(liked)])


def _other_series(catalog: CatalogArrays, row: int) -> np.ndarray:
    """bool (num_movies,): not of the film's own collection, which everybody would guess."""
    series = catalog.collection[row]
    found: np.ndarray = (catalog.collection != series) | (series == 0)
    return found

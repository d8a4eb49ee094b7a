"""A ranking under the rules of a scenario: filters, boosts of genres, pins, variety."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from catalog.queries.film import surviving_keys
from recommender.learning.arrays import BoolArray, FloatArray, IntArray
from recommender.models.scenario import Question, Scenario
from recommender.serving.filters import Filters
from recommender.serving.ranking import Ranking, standardised
from recommender.serving.recommender import Recommender

POOL = 200  # films among which boosts change the order


@dataclass(frozen=True, kw_only=True)
class Rules:
    """``boosts`` are standard deviations of the score by genre, ``pins`` films in their order."""

    question: str = Question.PICKS
    filters: Filters = field(default_factory=Filters)
    boosts: Mapping[int, float] = field(default_factory=dict)
    pins: Sequence[int] = ()


def rules_of(scenario: Scenario) -> Rules:
    kept = scenario.rules
    filters = Filters.of(kept.get("filters", {}))
    return Rules(
        question=scenario.question,
        filters=replace(filters, diversity=scenario.diversity, popularity=scenario.popularity),
        boosts={int(genre): float(weight) for genre, weight in kept.get("boosts", [])},
        pins=surviving_keys(kept.get("pins", [])),
    )


def ranked_by(rules: Rules, recommender: Recommender, n: int) -> Ranking:
    """The member's own filters hold as well; variety and lean are the scenario's.

    A pinned film comes first, unless it is closed to the member or hidden from the site.
    """
    catalog = recommender.live.catalog
    own = recommender.filters
    leaned = replace(own, diversity=rules.filters.diversity, popularity=rules.filters.popularity)
    asked = replace(recommender, filters=leaned)
    outside = ~rules.filters.mask(catalog)
    boosts = _boosts(rules, recommender)
    size = max(POOL, n) if boosts is not None else n
    ranking = _ranked(rules.question, asked, size, outside)
    if boosts is not None and len(ranking):
        merit = standardised(ranking.scores) + boosts[ranking.rows]
        order = np.argsort(-merit, kind="stable")
        ranking = replace(ranking, rows=ranking.rows[order], scores=merit[order])
    return _pinned(ranking, _pinned_rows(rules, asked), n)


def _ranked(question: str, asked: Recommender, n: int, outside: BoolArray) -> Ranking:
    if question == Question.NEXT:
        return asked.watch_next(n, outside)
    if question == Question.POPULAR:
        return asked.popular(n, outside)
    return asked.top_picks(n, outside)


def _boosts(rules: Rules, recommender: Recommender) -> FloatArray | None:
    if not rules.boosts:
        return None
    catalog = recommender.live.catalog
    boosts = np.zeros(len(catalog), np.float32)
    for genre, weight in rules.boosts.items():
        if genre in catalog.genre_places:
            boosts[catalog.with_genres((genre,))] += np.float32(weight)
    return boosts


def _pinned_rows(rules: Rules, asked: Recommender) -> IntArray:
    catalog = asked.live.catalog
    rows = catalog.rows_of(np.array(rules.pins, np.int64)) if rules.pins else np.zeros(0, np.int64)
    return np.array([row for row in rows.tolist() if row >= 0 and asked.allowed[row]], np.int64)


def _pinned(ranking: Ranking, pins: IntArray, n: int) -> Ranking:
    """Pins first, with a score no lower than the best, so that scores fall as they do elsewhere."""
    if not len(pins):
        return replace(ranking, rows=ranking.rows[:n], scores=ranking.scores[:n])
    rest = ~np.isin(ranking.rows, pins)
    best = ranking.scores.max(initial=0.0)
    scores = np.concatenate([np.full(len(pins), best, np.float32), ranking.scores[rest]])
    rows = np.concatenate([pins, ranking.rows[rest]])
    return replace(ranking, rows=rows[:n], scores=scores[:n])

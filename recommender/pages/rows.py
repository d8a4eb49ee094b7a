"""The rows of films for one person, each by itself: what it claims, and which films it has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.models.movie import FEWEST_PEOPLE
from recommender.learning.arrays import BoolArray
from recommender.serving.elicitation import most_informative
from recommender.serving.explanations import FEWEST_RATINGS
from recommender.serving.likeness import most_alike
from recommender.serving.ranking import Ranking, Source, no_films, without_crowds
from recommender.serving.recommender import MOST_OF_A_COLLECTION, Recommender

RECENT = 30  # ratings among which films for "Because you rated" are looked for
FEWEST_OF_ALIKE = 3  # ratings of a film in "Because you rated"
HIGH_STARS = 4.0
NEW_FILM_WEIGHT = np.float32(1.0)  # stars per nat of the chance to be watched next
MONTH_RATINGS = FEWEST_PEOPLE  # a film rated less often this month is not popular this month

Words = str | Promise
Rank = Callable[[Recommender, int, BoolArray], Ranking]


@dataclass(frozen=True)
class Kind:
    """A row. ``by_stars``: it claims an order by predicted stars, and has it."""

    title: Words
    subtitle: Words
    rank: Rank
    by_stars: bool = False


def by_stars(recommender: Recommender, ranking: Ranking) -> Ranking:
    """The films in the order of their predicted stars, as exact as cards know them."""
    stars = recommender.scores.stars
    if stars is None or not recommender.history.rated:
        return ranking
    order = np.argsort(-np.round(stars[ranking.rows], 2), kind="stable")
    return replace(ranking, rows=ranking.rows[order], scores=ranking.scores[order])


def month(recommender: Recommender, n: int, taken: BoolArray) -> Ranking:
    """The films rated most this month; many months have fewer than ``n``."""
    counts = recommender.live.catalog.month_count
    recent = np.where(counts >= MONTH_RATINGS, counts, -np.inf)
    return recommender.rank_by(recent.astype(np.float32), n, taken, Source.POPULARITY)


def new_films(recommender: Recommender, n: int, taken: BoolArray) -> Ranking:
    """New films that are foreseen above the member's own mean, and that many will watch."""
    scores = recommender.scores
    stars, chances = scores.stars, scores.log_chances
    if stars is None or not recommender.history.rated:
        return no_films()
    merit = stars if chances is None else stars + NEW_FILM_WEIGHT * chances
    suits = recommender.live.catalog.is_new & (stars >= scores.mean_stars)
    return recommender.rank_by(merit, n, taken | ~suits, Source.FACTORIZATION)


def little_seen(recommender: Recommender, n: int, taken: BoolArray) -> Ranking:
    """For a member by predicted stars, for others by the mean, among films with few ratings."""
    catalog = recommender.live.catalog
    few = catalog.is_little_seen
    if recommender.scores.has_known_history and recommender.scores.stars is not None:
        scores = recommender.lower_bounds(recommender.scores.stars, taken | ~few)
        return recommender.rank_by(scores, n, taken, Source.FACTORIZATION)
    scores = np.where(few, catalog.rating_mean, np.float32(-np.inf))
    return recommender.rank_by(scores, n, taken, Source.POPULARITY)


def alike(recommender: Recommender, movie_id: int, n: int, taken: BoolArray) -> Ranking:
    """Films like one that was rated, as far as some people have rated them.

    None of them is foreseen under the member's own mean.
    """
    placed, scores = recommender.live.factorization, recommender.scores
    row = int(recommender.live.catalog.rows_of(np.array([movie_id]))[0])
    if placed is None or scores.stars is None or not recommender.history.rated or row < 0:
        return no_films()
    catalog = recommender.live.catalog
    likeable = scores.stars >= scores.mean_stars
    met = catalog.rating_count >= FEWEST_OF_ALIKE
    found, likeness = most_alike(
        recommender.live, row, 2 * n, recommender.allowed & ~taken & likeable & met
    )
    rows = without_crowds(found[likeness > 0], catalog.collection, MOST_OF_A_COLLECTION)[:n]
    return Ranking(
        rows=rows,
        scores=likeness[np.isin(found, rows)],
        source=Source.SIMILAR,
        version=placed.version.label,
    )


def liked_recently(recommender: Recommender) -> Iterator[int]:
    """Recent ratings that are high, the highest and then the newest first."""
    movie_ids, stars = recommender.history.movie_ids[-RECENT:], recommender.history.stars[-RECENT:]
    if not recommender.history.rated:
        return
    rows = recommender.live.catalog.rows_of(movie_ids)
    order = np.lexsort((np.arange(len(stars)), stars))[::-1]
    for place in order:
        if (
            stars[place] >= max(HIGH_STARS, recommender.scores.mean_stars)
            and rows[place] >= 0
            and recommender.live.catalog.rating_count[rows[place]] >= FEWEST_RATINGS
        ):
            yield int(movie_ids[place])


KINDS: dict[str, Kind] = {
    "top-picks": Kind(
        _("Top picks for you"),
        _("By all that we know of your taste; those that you would rate highest come first"),
        lambda recommender, n, taken: recommender.top_picks(n, taken),
        by_stars=True,
    ),
    "watch-next": Kind(
        _("Watch next"),
        _("What people with a history like yours watched next"),
        lambda recommender, n, taken: recommender.watch_next(n, taken),
    ),
    "new-films": Kind(
        _("New, and likely yours"),
        _("Foreseen by what they are, as far as hardly anybody has rated them"),
        new_films,
    ),
    "month": Kind(_("Popular this month"), _("Rated most in the last 30 days"), month),
    "popular": Kind(
        _("Popular"),
        _("Rated by the most people"),
        lambda recommender, n, taken: recommender.popular(n, taken),
    ),
    "little-seen": Kind(
        _("Highly rated but little seen"),
        _("Good films that few people have found"),
        little_seen,
        by_stars=True,
    ),
    "teach": Kind(
        _("Rate these to help us get to know you"),
        _("The ratings that would tell us most about your taste"),
        most_informative,
    ),
}
BECAUSE = _("Because you rated %(film)s")
BECAUSE_KEY = "because-"

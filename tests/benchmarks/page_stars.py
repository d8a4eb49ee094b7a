"""Predicted stars forward in time, and how often their intervals hold: part of bench_pages."""

from __future__ import annotations

import numpy as np

from recommender.learning.arrays import FloatArray, IntArray
from recommender.learning.presets.stars.scorer import EIGHTY_PERCENT, FactorizationScorer

from .page_figures import say
from .page_world import Ratings, presets_stars, presets_stars_held_out

CUTS = (0.5, 0.6, 0.7, 0.8, 0.9)
ONE_CUT = 0.8


def stars_forward(ratings: Ratings, whole: bool, dataset: str) -> None:
    """Each later rating, from all that its member rated before it and from what a cut knows."""
    for cut in CUTS if whole else (ONE_CUT,):
        stop = int(cut * len(ratings))
        scorer = presets_stars(ratings, stop)
        asked = np.arange(stop, len(ratings))
        predicted, before = _ahead(ratings, asked, scorer)
        errors = predicted - ratings.stars[asked]
        users = ratings.users[asked]
        times_rated = np.bincount(ratings.items[:stop], minlength=ratings.num_items)
        seen = times_rated[ratings.items[asked]]
        new = ~np.isin(users, ratings.users[:stop])
        groups = {
            "all": np.ones(len(asked), bool),
            "films never rated": seen == 0,
            "films rated 1 to 4 times": (seen > 0) & (seen < 5),
            "films rated 5 times or more": seen >= 5,
            "known members": ~new,
            **{
                f"new members after {low}": new & (before >= low) & (before < high)
                for low, high in ((0, 1), (1, 3), (3, 12), (12, 50), (50, 1 << 40))
            },
        }
        for group, which in groups.items():
            facts = {"dataset": dataset, "cut": cut, "group": group}
            say("stars forward, squared error", errors[which] ** 2, users[which], **facts)
            say("stars forward, error", errors[which], users[which], **facts)


def _ahead(
    ratings: Ratings, asked: IntArray, scorer: FactorizationScorer
) -> tuple[FloatArray, IntArray]:
    """Predicted stars of each rating, and how many ratings its member had made before it."""
    predicted, before = np.empty(len(asked)), np.empty(len(asked), np.int64)
    for user in np.unique(ratings.users[asked]):
        rows = np.flatnonzero(ratings.users == user)
        places = np.flatnonzero(ratings.users[asked] == user)
        folded_at, folded = -1, None
        for place, row in zip(places, asked[places], strict=True):
            earlier = rows[rows < row]
            # Folding in anew for each of a thousand ratings would take a day: by steps of 5 %.
            if folded is None or len(earlier) < 20 or len(earlier) > 1.05 * folded_at:
                folded = scorer.fold_in(ratings.items[earlier], ratings.stars[earlier])
                folded_at = len(earlier)
            predicted[place] = scorer.predict(folded, [ratings.items[row]])[0]
            before[place] = len(earlier)
    return predicted, before


def intervals(ratings: Ratings, dataset: str) -> None:
    """How often held-out stars lie in the 80 % interval, by decile of its width.

    A star that was given stands for its half-star: the share of that cell inside counts.
    """
    found = presets_stars_held_out(ratings)
    low, high = (
        found.predicted - EIGHTY_PERCENT * found.deviation,
        found.predicted + EIGHTY_PERCENT * found.deviation,
    )
    overlap = np.minimum(high, found.stars + 0.25) - np.maximum(low, found.stars - 0.25)
    inside = np.clip(overlap, 0.0, 0.5) / 0.5
    edges = np.quantile(found.deviation, np.arange(0.1, 1, 0.1))
    deciles = np.digitize(found.deviation, edges)
    for decile in range(10):
        which = deciles == decile
        say(
            "80 % interval holds", inside[which], found.users[which], dataset=dataset, decile=decile
        )
    say("80 % interval holds", inside, found.users, dataset=dataset, decile="all")

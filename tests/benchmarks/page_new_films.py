"""New films: how those that nobody had rated are ranked for who rates them later."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.sparse as sp

from recommender.learning.arrays import FloatArray, IntArray
from recommender.pages.rows import NEW_FILM_WEIGHT

from .page_figures import say
from .page_world import Ratings, Site

FEWEST_BEFORE = 5  # ratings of a member before the first new film
NEAREST = (5, 20)  # films of a history that content kNN looks at
DEEP = 10

Question = tuple[int, IntArray, IntArray]
"""Who, the rows of the ratings made before the first new film, and the new films rated."""


def new_films(site: Site, dataset: str) -> None:
    """Ranks among all films first rated after the cut; peers are of content, as these have no more.

    NDCG@10 of what each member rated of them, by the row "New, and likely yours" and by content
    kNN over all films of the history, over those liked, and by their stars.
    """
    ratings = site.ratings
    later = np.bincount(ratings.items[site.stop :], minlength=ratings.num_items)
    new = np.flatnonzero((site.counts == 0) & (later > 0))
    asked = list(_questions(ratings, site.stop, new))
    users = np.array([user for user, _, _ in asked])
    for name, score in {"the row of new films": _row(site, new), **_peers(ratings, new)}.items():
        gains = [_gain(score(before), np.isin(new, targets)) for _, before, targets in asked]
        say("new films, NDCG@10", gains, users, dataset=dataset, by=name, films=len(new))


def _questions(ratings: Ratings, stop: int, new: IntArray) -> list[Question]:
    is_new = np.isin(ratings.items, new)
    found = []
    for user in np.unique(ratings.users[stop:]):
        rows = np.flatnonzero(ratings.users == user)
        targets = rows[(rows >= stop) & is_new[rows]]
        if not len(targets):
            continue
        before = rows[(rows < targets[0]) & ~is_new[rows]]
        if len(before) >= FEWEST_BEFORE:
            found.append((int(user), before, ratings.items[targets]))
    return found


def _row(site: Site, new: IntArray) -> Callable[[IntArray], FloatArray]:
    def scores(before: IntArray) -> FloatArray:
        person = site.recommender(before).scores
        assert person.stars is not None
        assert person.log_chances is not None
        return (person.stars + NEW_FILM_WEIGHT * person.log_chances)[new - 1]

    return scores


def _peers(ratings: Ratings, new: IntArray) -> dict[str, Callable[[IntArray], FloatArray]]:
    matrix = ratings.features.matrix(np.arange(ratings.num_items), ratings.feature_codes)
    weighted = matrix.multiply(np.log((ratings.num_items + 1) / (matrix.sum(axis=0) + 1))).tocsr()
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    content = (sp.diags_array(1 / np.where(lengths > 0, lengths, 1)) @ weighted).tocsr()

    def knn(nearest: int, weigh: Callable[[FloatArray], FloatArray]) -> Callable[..., FloatArray]:
        def scores(before: IntArray) -> FloatArray:
            weights = weigh(ratings.stars[before])
            kept = np.flatnonzero(weights)
            alike = (content[new] @ content[ratings.items[before[kept]]].T).toarray()
            most = min(nearest, len(kept))
            best = np.argpartition(alike, -most, axis=1)[:, -most:]
            near: FloatArray = np.take_along_axis(alike, best, axis=1) * weights[kept][best]
            return near.sum(axis=1)

        return scores

    return {
        f"content kNN {nearest}, {name}": knn(nearest, weigh)
        for nearest in NEAREST
        for name, weigh in {
            "all": np.ones_like,
            "liked": lambda stars: (stars >= stars.mean()).astype(np.float32),
            "by stars": lambda stars: stars - stars.mean() + np.float32(1e-6),
        }.items()
    }


def _gain(scores: FloatArray, is_target: np.ndarray) -> float:
    hits = is_target[np.argsort(-scores, kind="stable")[:DEEP]]
    discounts = 1 / np.log2(np.arange(DEEP) + 2)
    return float(discounts[hits].sum() / discounts[: int(is_target.sum())].sum())

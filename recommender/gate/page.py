"""The mixed page: where the films that members liked would have stood among their top picks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from recommender.data.snapshot import Snapshot
from recommender.gate.evaluate import by_user
from recommender.learning.arrays import BoolArray, DoubleArray, FloatArray, IntArray
from recommender.learning.interfaces import NextItemScorer, Scorer, StarScorer
from recommender.learning.presets.mix import USUAL, Mix
from recommender.versions.load import LoadedVersion

MOST_PAGES = 4000  # the members asked about, those with the newest questions
FEWEST_RATINGS = 5  # of a member, before there is a page of one's own


@dataclass(frozen=True, eq=False)
class Page:
    """Two versions that would be served together, on the films that both know."""

    stars: LoadedVersion[StarScorer]
    following: LoadedVersion[NextItemScorer]
    movie_ids: IntArray

    @classmethod
    def of(cls, stars: LoadedVersion[StarScorer], following: LoadedVersion[NextItemScorer]) -> Page:
        return cls(stars, following, np.intersect1d(stars.movie_ids, following.movie_ids))

    def ranks(
        self, movie_ids: IntArray, stars: FloatArray, wanted: IntArray, mix: Mix = USUAL.top_picks
    ) -> DoubleArray:
        """Places (n,) from 1 of ``wanted`` (n,) for somebody who rated ``movie_ids`` so.

        Among the films that were not rated; of several that are wanted none stands in the way of
        another. Nothing that is wanted may be rated or unknown.
        """
        return self.offer(movie_ids, stars).ranks(wanted, mix)

    def offer(self, movie_ids: IntArray, stars: FloatArray) -> Offer:
        """What both versions say of all films to somebody who rated ``movie_ids`` so."""
        offered = self.movie_ids[1:]
        offered = offered[~np.isin(offered, movie_ids)]
        items, known = _items(self.stars, movie_ids)
        member = self.stars.scorer.fold_in(items, stars[known])
        asked = np.searchsorted(self.stars.movie_ids, offered)
        watched, _ = _items(self.following, movie_ids)
        following = self.following.scorer.log_chances(watched)
        return Offer(
            offered,
            self.stars.scorer.predict(member, asked),
            following[np.searchsorted(self.following.movie_ids, offered)],
            self.stars.scorer.uncertainty(member, asked),
        )


@dataclass(frozen=True, eq=False)
class Offer:
    """Films (n,) in order of their keys, and what is foreseen of each for one member."""

    movie_ids: IntArray
    stars: FloatArray
    log_chances: FloatArray
    uncertainty: FloatArray

    def ranks(self, wanted: IntArray, mix: Mix) -> DoubleArray:
        """Places (m,) from 1 of ``wanted`` (m,) by this mix, each among all that is not wanted."""
        merit = mix.merit(self.stars, self.log_chances, self.uncertainty)
        places = np.searchsorted(self.movie_ids, wanted)
        own = merit[places]
        others = np.sort(np.delete(merit, places))
        above = len(others) - np.searchsorted(others, own, side="right")
        level = len(others) - np.searchsorted(others, own, side="left") - above
        ranks: DoubleArray = np.where(np.isnan(own), np.nan, 1.0 + above + level / 2)
        return ranks


def choose_liked(snapshot: Snapshot, rows: IntArray, hidden: BoolArray) -> IntArray:
    """Of held-out ``rows`` those at or above their member's mean of what is not ``hidden`` (n,)."""
    first = np.diff(snapshot.user_ids, prepend=snapshot.user_ids[:1]) != 0
    users = np.cumsum(first, dtype=np.int32)
    counts = np.bincount(users, ~hidden)
    sums = np.bincount(users, np.where(hidden, 0.0, snapshot.stars))
    means = sums / np.maximum(counts, 1)
    owners = users[rows]
    liked = (snapshot.stars_of(rows) >= means[owners]) & (counts[owners] >= FEWEST_RATINGS)
    rows = rows[liked]
    newest = np.full(users.max(initial=-1) + 1, -1)
    np.maximum.at(newest, users[rows], snapshot.rated_at[rows])
    asked = np.argsort(-newest, kind="stable")[:MOST_PAGES]
    return rows[np.isin(users[rows], asked)]


def page_ranks(
    snapshot: Snapshot,
    rows: IntArray,
    hidden: BoolArray,
    page: Page,
    check: Callable[[int], None],
    mix: Mix = USUAL.top_picks,
) -> DoubleArray:
    """Rank of each liked film on the page of its member, of whom all but ``hidden`` is known."""
    found = np.empty(len(rows))
    for place, user, asked in by_user(snapshot, rows):
        given = ~hidden[user]
        found[place : place + len(asked)] = page.ranks(
            snapshot.movie_ids[user][given],
            snapshot.stars_of(user)[given],
            snapshot.movie_ids[asked],
            mix,
        )
        check(place + len(asked))
    return found


def _items(version: LoadedVersion[Scorer], movie_ids: IntArray) -> tuple[IntArray, BoolArray]:
    """The items of the films that the version knows, and which of them it knows."""
    places = np.minimum(np.searchsorted(version.movie_ids, movie_ids), len(version.movie_ids) - 1)
    known = version.movie_ids[places] == movie_ids
    return places[known], known

"""How much each of two versions counts in the lists that they make together.

Fitted on the films that members liked and that no version has trained on. Half of the members
choose among a few mixes; the others confirm, or what counts now goes on counting.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from recommender.data.snapshot import Snapshot
from recommender.gate.evaluate import by_user
from recommender.gate.holdout import holdout_position
from recommender.gate.page import Page
from recommender.learning.arrays import BoolArray, DoubleArray, IntArray
from recommender.learning.presets.mix import USUAL, Mix, Mixes

MOST_MEMBERS = 600
FEWEST_MEMBERS = 40  # of each half, or nothing is fitted
# A heavier weight finds more and is liked less: by over .05 stars among the films that it hits.
NEXT_WEIGHTS = (0.05, 0.075, 0.1)
CAUTIONS = (1.0, 1.5, 2.0, 3.0)
_WATCH_NEXT_STEP = 1.5  # times the weight that the next film has among top picks
_DEEP = 20


@dataclass(frozen=True)
class FittedMixes:
    """``before`` and ``now``: mean NDCG@20 of the members who confirmed, by the mixes of each."""

    mixes: Mixes
    members: int
    before: float
    now: float


def fit_mixes(
    snapshot: Snapshot,
    rows: IntArray,
    hidden: BoolArray,
    page: Page,
    present: Mixes,
    check: Callable[[int], None],
) -> FittedMixes | None:
    """The mixes for the two versions of ``page``; None where too few members can be asked.

    ``rows`` are the liked films among those ``hidden`` (n,): see `choose_liked`.
    """
    present = _bounded(present)
    tried = [present.top_picks]
    tried += [
        replace(USUAL.top_picks, next_weight=weight, caution=caution)
        for weight, caution in product(NEXT_WEIGHTS, CAUTIONS)
    ]
    users, gains = _gains(snapshot, rows, hidden, page, tried, check)
    choosing = holdout_position(users, np.zeros_like(users)) < 50
    if min(choosing.sum(), (~choosing).sum()) < FEWEST_MEMBERS:
        return None
    best = int(gains[choosing].mean(axis=0).argmax())
    before, now = gains[~choosing][:, [0, best]].mean(axis=0).tolist()
    if now <= before:
        best, now = 0, before
    if best == 0:
        return FittedMixes(present, len(users), before, now)
    chosen = tried[best]
    following = replace(present.watch_next, next_weight=_WATCH_NEXT_STEP * chosen.next_weight)
    return FittedMixes(Mixes(top_picks=chosen, watch_next=following), len(users), before, now)


def _bounded(mixes: Mixes) -> Mixes:
    """What an older version brought may be out of today's bounds: then it begins anew."""
    picks = mixes.top_picks
    if picks.next_weight > max(NEXT_WEIGHTS) or picks.lately_weight > USUAL.top_picks.lately_weight:
        return USUAL
    return mixes


def _gains(
    snapshot: Snapshot,
    rows: IntArray,
    hidden: BoolArray,
    page: Page,
    tried: list[Mix],
    check: Callable[[int], None],
) -> tuple[IntArray, DoubleArray]:
    """Keys (u,) of the members, and NDCG@20 (u, mixes) of what each liked."""
    users: list[int] = []
    gains: list[list[float]] = []
    for place, user, asked in by_user(snapshot, rows):
        given = ~hidden[user]
        offer = page.offer(snapshot.movie_ids[user][given], snapshot.stars_of(user)[given])
        wanted = snapshot.movie_ids[asked]
        gains.append([_gain(offer.ranks(wanted, mix)) for mix in tried])
        users.append(int(snapshot.user_ids[user.start]))
        check(place + len(asked))
        if len(users) == MOST_MEMBERS:
            break
    return np.array(users, np.int64), np.array(gains).reshape(-1, len(tried))


def _gain(ranks: DoubleArray) -> float:
    """NDCG@20 of films that do not stand in one another's way."""
    places = np.sort(ranks) + np.arange(len(ranks))
    gained = (1 / np.log2(places[places <= _DEEP] + 1)).sum()
    ideal = (1 / np.log2(np.arange(min(len(ranks), _DEEP)) + 2)).sum()
    return float(gained / ideal)

"""One history under two versions of a kind: what either would show, and why that differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from recommender import kinds
from recommender.data.histories import History
from recommender.kinds import StarKind
from recommender.learning.arrays import FloatArray, IntArray
from recommender.learning.interfaces import NextItemScorer, Scorer, StarScorer
from recommender.models import ModelVersion
from recommender.serving.filters import Filters
from recommender.serving.live import LiveState, live_state, placed_on
from recommender.serving.live_versions import live_versions
from recommender.serving.recommender import Recommender
from recommender.versions.load import LoadedVersion, load

LENGTH = 12
SHOWS = 0.005  # smaller changes are none, in numbers with two decimals


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A film under two versions: its place in either list, from 1, and what either says of it.

    ``before`` and ``after`` are predicted stars, or scores of the next film; a place is None
    outside the list, a score None where the version does not know the film.
    """

    movie_id: int
    place_before: int | None
    place_after: int | None
    before: float | None
    after: float | None

    @property
    def direction(self) -> int:
        """1 for a score that rose so much that it shows, -1 for one that fell, else 0."""
        change = self.change or 0.0
        return 0 if abs(change) < SHOWS else (1 if change > 0 else -1)

    @property
    def change(self) -> float | None:
        """How much the score rose; negative where it fell."""
        if self.before is None or self.after is None:
            return None
        return self.after - self.before


@dataclass(frozen=True, kw_only=True)
class SideBySide:
    """``before`` and ``after`` are the lists (movie ids), ``standings`` all films of either.

    ``in_stars``: whether scores are stars. ``known_before`` and ``known_after`` are how many
    films of the history each version knows.
    """

    before: Sequence[int]
    after: Sequence[int]
    standings: Sequence[Standing]
    in_stars: bool
    known_before: int
    known_after: int


def side_by_side(
    history: History, before: ModelVersion, after: ModelVersion, filters: Filters | None = None
) -> SideBySide:
    """Rank for one history with each of two versions in the place of the live one of their kind.

    The live version of the other kind answers beside both, as it would on the page. Raises
    ``ArtifactError`` when a version's files are gone or damaged, ``ValueError`` for two kinds.
    """
    if before.kind != after.kind:
        raise ValueError(f"before and after must be of one kind, got {before} and {after}")
    live = live_state()
    in_stars = isinstance(kinds.get(before.kind), StarKind)
    asked = [
        Recommender(history, filters or Filters(), _with(live, _loaded(version), in_stars))
        for version in (before, after)
    ]
    lists = [_listed(one, in_stars) for one in asked]
    scores = [_scores(one, in_stars) for one in asked]
    places = [{int(row): at for at, row in enumerate(rows, 1)} for rows in lists]
    rows = dict.fromkeys(np.concatenate(lists).tolist())
    movie_ids = live.catalog.movie_ids
    standings = [
        Standing(
            movie_id=int(movie_ids[row]),
            place_before=places[0].get(row),
            place_after=places[1].get(row),
            before=_value(scores[0], row),
            after=_value(scores[1], row),
        )
        for row in rows
    ]
    return SideBySide(
        before=movie_ids[lists[0]].tolist(),
        after=movie_ids[lists[1]].tolist(),
        standings=sorted(standings, key=_moved, reverse=True),
        in_stars=in_stars,
        known_before=_known(asked[0], in_stars),
        known_after=_known(asked[1], in_stars),
    )


def _loaded(version: ModelVersion) -> LoadedVersion[Scorer]:
    """As this process serves it already, else mapped anew: a page does not wait for a checksum."""
    held = live_versions.current().get(version.kind)
    return held if held is not None and held.pk == version.pk else load(version, verify=False)


def _with(live: LiveState, version: LoadedVersion[Scorer], in_stars: bool) -> LiveState:
    if in_stars:
        stars = cast("LoadedVersion[StarScorer]", version)
        return replace(live, factorization=placed_on(stars, live.catalog))
    following = cast("LoadedVersion[NextItemScorer]", version)
    return replace(live, sequence=placed_on(following, live.catalog))


def _listed(recommender: Recommender, in_stars: bool) -> IntArray:
    ranked = recommender.top_picks(LENGTH) if in_stars else recommender.watch_next(LENGTH)
    return ranked.rows


def _scores(recommender: Recommender, in_stars: bool) -> FloatArray | None:
    scores = recommender.scores
    return scores.stars if in_stars else scores.next_scores


def _value(scores: FloatArray | None, row: int) -> float | None:
    if scores is None or not np.isfinite(scores[row]):
        return None
    return float(scores[row])


def _known(recommender: Recommender, in_stars: bool) -> int:
    live, scores = recommender.live, recommender.scores
    placed = live.factorization if in_stars else live.sequence
    return 0 if placed is None else int((placed.item_of_row[_rows(scores.rated_rows)] > 0).sum())


def _rows(rows: IntArray) -> IntArray:
    return rows[rows >= 0]


def _moved(standing: Standing) -> tuple[bool, float]:
    """Those that rose most come first, those that only one version knows last."""
    change = standing.change
    return change is not None, change or 0.0

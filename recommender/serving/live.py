"""The state that a request serves from: the catalog and the live versions, aligned.

A request takes :func:`live_state` once and works with it to its end; a version that goes live in
the meantime is in the next request's state and takes nothing away from this one's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic

import numpy as np
from numpy.typing import NDArray

from recommender import kinds
from recommender.data.catalog_arrays import CatalogArrays
from recommender.kinds import Kind, ModelT, ScorerT, ScorerT_co, StarKind
from recommender.learning.arrays import IntArray
from recommender.learning.interfaces import NextItemScorer, StarScorer
from recommender.learning.presets.mix import USUAL, Mixes
from recommender.serving.live_catalog import live_catalog
from recommender.serving.live_versions import live_versions
from recommender.serving.malloc import give_back_what_is_free
from recommender.serving.new_films import NewFilmShares, PlacedFilms, foresee_shares, place_films
from recommender.versions.load import Loaded, LoadedVersion, of_kind


@dataclass(frozen=True, kw_only=True, eq=False)
class Placed(Generic[ScorerT_co]):
    """A version on the rows of the catalog arrays.

    ``item_of_row`` (num_movies,) is the item of each row, 0 (the padding item) for films that the
    version has not seen; ``unseen`` lists the rows of those. ``row_of_item`` (num_items,) is -1
    for films that are no longer in the catalog.
    """

    version: LoadedVersion[ScorerT_co]
    item_of_row: IntArray
    unseen: IntArray
    row_of_item: IntArray

    def spread(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """Scores of items (num_items,) on the rows of the catalog, -inf for films not seen."""
        on_rows: NDArray[np.float32] = scores[self.item_of_row]
        on_rows[self.unseen] = -np.inf
        return on_rows


@dataclass(frozen=True, kw_only=True, eq=False)
class LiveState:
    """The catalog, and who answers each question: the first kind with a live version, or None."""

    catalog: CatalogArrays
    factorization: Placed[StarScorer] | None = None
    sequence: Placed[NextItemScorer] | None = None

    @cached_property
    def mixes(self) -> Mixes:
        """How both count together: as the younger of the two versions was fitted to the other."""
        versions = [one.version for one in (self.factorization, self.sequence) if one is not None]
        fitted = [(version.pk, version.mixes) for version in versions if version.mixes is not None]
        return max(fitted, key=lambda one: one[0])[1] if fitted else USUAL

    @cached_property
    def placed_films(self) -> PlacedFilms | None:
        """The films whose stars are foreseen by their content alone."""
        if (placed := self.factorization) is None:
            return None
        return place_films(placed.version, placed.item_of_row, self.catalog)

    @cached_property
    def new_film_shares(self) -> NewFilmShares | None:
        """How often films will come next that the sequence model has not met."""
        if (placed := self.sequence) is None:
            return None
        return foresee_shares(placed.version, placed.item_of_row, self.catalog)


_last: tuple[CatalogArrays, Loaded, LiveState] | None = None


def live_state() -> LiveState:
    """The present catalog and versions: at most one query, and that at most once a second."""
    global _last
    catalog, loaded = live_catalog.current(), live_versions.current()
    last = _last
    if last is not None and last[0] is catalog and last[1] is loaded:
        return last[2]
    made = LiveState(
        catalog=catalog,
        factorization=placed_on(first_live(loaded, kinds.star_kinds()), catalog),
        sequence=placed_on(first_live(loaded, kinds.next_item_kinds()), catalog),
    )
    _last = catalog, loaded, made
    give_back_what_is_free()
    return made


def live_state_of(name: str) -> LiveState | None:
    """What to serve from when only this kind is asked; None where it has no live version.

    Raises `UnknownKindError`.
    """
    kind, loaded, catalog = kinds.get(name), live_versions.current(), live_catalog.current()
    if loaded.get(name) is None:
        return None
    if isinstance(kind, StarKind):
        return LiveState(catalog=catalog, factorization=placed_on(of_kind(loaded, kind), catalog))
    return LiveState(catalog=catalog, sequence=placed_on(of_kind(loaded, kind), catalog))


def first_live(
    loaded: Loaded, wanted: Sequence[Kind[ModelT, ScorerT]]
) -> LoadedVersion[ScorerT] | None:
    """Whose version answers, of kinds that could."""
    return next((version for kind in wanted if (version := of_kind(loaded, kind))), None)


def placed_on(
    version: LoadedVersion[ScorerT] | None, catalog: CatalogArrays
) -> Placed[ScorerT] | None:
    """The version on these rows; films of only one of the two are left out."""
    if version is None:
        return None
    row_of_item = catalog.rows_of(version.movie_ids)
    row_of_item[0] = -1
    item_of_row = np.zeros(len(catalog), np.int64)
    there = row_of_item >= 0
    item_of_row[row_of_item[there]] = np.flatnonzero(there)
    return Placed(
        version=version,
        item_of_row=item_of_row,
        unseen=np.flatnonzero(item_of_row == 0),
        row_of_item=row_of_item,
    )

"""Recommendation filters: a mask over the catalog, and a lean in ranking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.data.catalog_arrays import CatalogArrays, language_number


@dataclass(frozen=True, kw_only=True)
class Filters:
    """A film whose year, runtime or language is unknown does not pass a filter on it.

    ``popularity`` leans the ranking from -1 (hidden gems) over 0 to 1 (well known);
    ``diversity`` from 0 (the best films, however alike) to 1.
    """

    include_genres: tuple[int, ...] = ()
    exclude_genres: tuple[int, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    runtime_from: int | None = None
    runtime_to: int | None = None
    languages: tuple[str, ...] = ()
    show_adult: bool = False
    popularity: float = 0.0
    diversity: float = 0.0
    # Of a member, never of an address: only what the services include in the country.
    only_mine: bool = False
    services: tuple[int, ...] = field(default=(), compare=False)
    country: str = field(default="", compare=False)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Filters:
        """From values as JSON and the database keep them, with lists for tuples.

        Names that are no filters are passed over: an older version of the site may have kept some.
        """
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in kept.items()
            if name in FILTER_NAMES
        }
        return cls(**values)

    def mask(self, catalog: CatalogArrays) -> NDArray[np.bool_]:
        """bool (num_movies,): which films pass."""
        passed = np.ones(len(catalog), np.bool_) if self.show_adult else ~catalog.adult
        if catalog.hidden is not None:
            passed &= ~catalog.hidden
        if self.include_genres:
            passed &= catalog.with_genres(self.include_genres)
        if self.exclude_genres:
            passed &= ~catalog.with_genres(self.exclude_genres)
        _keep_between(passed, catalog.year, self.year_from, self.year_to)
        _keep_between(passed, catalog.runtime, self.runtime_from, self.runtime_to)
        if self.only_mine and self.services:
            passed &= catalog.offers.mask(len(catalog), self.country, self.services)
        if self.languages:
            passed &= np.isin(catalog.language, [language_number(code) for code in self.languages])
        return passed

    @property
    def narrow(self) -> bool:
        """Whether anything beyond the defaults keeps films out."""
        return self != Filters(popularity=self.popularity, diversity=self.diversity)


_OF_MEMBERS = ("only_mine", "services", "country")
FILTER_NAMES = tuple(one.name for one in fields(Filters) if one.name not in _OF_MEMBERS)


def _keep_between(
    passed: NDArray[np.bool_], values: NDArray[np.int16], low: int | None, high: int | None
) -> None:
    if low is not None:
        passed &= values >= max(low, 1)
    if high is not None:
        passed &= (values <= high) & (values > 0)

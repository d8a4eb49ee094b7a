"""Which films are included in which services, as arrays."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from catalog.models.provider import INCLUDED
from recommender.data.postgres_copy import copy_columns
from recommender.learning.arrays import BoolArray, IntArray, positions

_OFFERS = f"""
    SELECT movie_id::int8, provider_id::int8,
           (ascii(country) * 256 + ascii(substr(country, 2)))::int4
    FROM catalog_offer WHERE kind IN ({", ".join(f"'{kind}'" for kind in INCLUDED)})
"""  # noqa: S608


def country_number(code: str) -> int:
    """A two-letter code as the number that it has in `Offers`; 0 for none."""
    return ord(code[0]) * 256 + ord(code[1]) if len(code) == 2 else 0


@dataclass(frozen=True, eq=False)
class Offers:
    """One entry per offer: row of the film, key of the provider, number of the country."""

    rows: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    providers: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    countries: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))

    def mask(self, films: int, country: str, providers: Collection[int]) -> BoolArray:
        """bool (films,): one of the providers includes the film in the country."""
        mask = np.zeros(films, np.bool_)
        there = (self.countries == country_number(country)) & np.isin(
            self.providers, np.array(sorted(providers), np.int64)
        )
        mask[self.rows[there]] = True
        return mask


def read_offers(movie_ids: IntArray) -> Offers:
    """All offers of the films, in rows of ``movie_ids``."""
    read = copy_columns(_OFFERS, {"movie": np.int64, "provider": np.int64, "country": np.int32})
    rows = positions(movie_ids, read["movie"])
    known = rows >= 0
    return Offers(rows[known], read["provider"][known], read["country"][known])

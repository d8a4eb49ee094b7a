"""All films of a row of the home page, under filters of the page's own."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from django.http import QueryDict

from catalog.queries.films_by_key import named_movies
from recommender.forms import RowForm
from recommender.learning.arrays import IntArray
from recommender.pages.rows import BECAUSE, BECAUSE_KEY, KINDS, alike, by_stars
from recommender.serving.filters import Filters
from recommender.serving.ranking import Ranking
from recommender.serving.recommender import Recommender

LONGEST = 480


@dataclass(frozen=True)
class RowPage:
    """``ranking`` holds all films, best first."""

    title: str
    subtitle: str
    ranking: Ranking


def row_page(recommender: Recommender, key: str) -> RowPage | None:
    """None for a key that no row has."""
    nothing = np.zeros(len(recommender.live.catalog), np.bool_)
    if (kind := KINDS.get(key)) is not None:
        ranking = kind.rank(recommender, LONGEST, nothing)
        if kind.by_stars:
            ranking = by_stars(recommender, ranking)
        return RowPage(str(kind.title), str(kind.subtitle), ranking)
    number = key.removeprefix(BECAUSE_KEY)
    if number == key or not number.isdecimal() or len(number) > 18:
        return None
    if (film := named_movies([int(number)]).get(int(number))) is None:
        return None
    ranking = alike(recommender, int(number), LONGEST, nothing)
    return RowPage(str(BECAUSE) % {"film": film.shown_title}, "", ranking)


def filtered(filters: Filters, query: QueryDict) -> tuple[Filters, RowForm]:
    """The reader's own filters with those that the address names on top, and their form."""
    form = RowForm(query)
    said = form.cleaned_data if form.is_valid() else {}
    changed = filters
    if genre := said.get("genre"):
        changed = replace(changed, include_genres=(int(genre),))
    if decade := said.get("decade"):
        changed = replace(changed, year_from=int(decade), year_to=int(decade) + 9)
    if longest := said.get("length"):
        most = int(longest) - 1
        changed = replace(changed, runtime_to=min(most, filters.runtime_to or most))
    return changed, form


def part_of(ranking: Ranking, places: slice) -> Ranking:
    """Some films of a ranking: what a page shows of it."""
    rows: IntArray = ranking.rows[places]
    return replace(ranking, rows=rows, scores=ranking.scores[places])

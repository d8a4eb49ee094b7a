"""Rows that turn from day to day: the best films stay, those just behind them take turns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from recommender.serving.ranking import Ranking

STAYING = 9  # of a row of twelve: its best, whatever the day
WAYS = 4  # after so many days a row is as it was

T = TypeVar("T")


@dataclass(frozen=True)
class Turn:
    """A day, and whose it is, so that not all rows of all members turn alike."""

    user_id: int
    day: int

    def of(self, choices: int) -> int:
        """Which of some choices it is the turn of."""
        return (self.user_id + self.day) % max(choices, 1)


def length_to_ask(length: int) -> int:
    """How many films a row of ``length`` needs to turn."""
    staying = min(STAYING, length)
    return staying + WAYS * (length - staying)


def turned(ranking: Ranking, length: int, turn: Turn) -> Ranking:
    """A row of ``length`` from a ranking of `length_to_ask`: its best, and some of those behind."""
    if len(ranking) <= length:
        return ranking
    staying = min(STAYING, length)
    places = np.arange(staying, len(ranking))
    ways = min(WAYS, -(-len(places) // (length - staying))) if length > staying else 1
    chosen = places[turn.of(ways) :: ways][: length - staying]
    rows = np.concatenate([np.arange(staying), chosen])
    return replace(ranking, rows=ranking.rows[rows], scores=ranking.scores[rows])


def first_then_by_turn(items: Sequence[T], shown: int, turn: Turn) -> list[T]:
    """The first stays first; the others begin with those whose turn it is."""
    rest = list(items[1:])
    if not rest:
        return list(items)
    start = turn.of(-(-len(rest) // max(shown - 1, 1))) * max(shown - 1, 1)
    return [items[0], *rest[start:], *rest[:start]]

"""What is known of items and of a history besides who neighbours whom. Numpy only.

People rate what is shown to them, in runs of like items: as popular, as old, as new to the site.
So a score has terms for how an item's popularity and age differ from those of the newest items of
the history, and for how popular the item was in the time the history seems to be from.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.learning.arrays import Array

ERAS = 12
TERMS = 9
SUMMARY = 5

_RECENT = 10
_DECAY = 0.8
_SHRINK = 5.0
# What each of the newest items counts, the newest first, where there are so many.
_RECENT_WEIGHTS = [
    (_DECAY ** np.arange(size) / max((_DECAY ** np.arange(size)).sum(), 1.0)).astype(np.float32)
    for size in range(_RECENT + 1)
]
_AT_ONCE = 2**20  # interactions


@dataclass(frozen=True)
class ItemTraits:
    """Columns of ``items`` (num_items, 4), float32: log popularity, first time met, mean time met
    (both in units of the spread of all times), log trend of late. ``eras`` (num_items, ERAS): log
    popularity in each era against all time. ``edges`` (ERAS - 1,): the mean times between eras.
    """

    items: Array
    eras: Array
    edges: Array


def item_traits(
    items: Array, times: Array, num_items: int, held: NDArray[np.bool_] | None = None
) -> ItemTraits:
    """Measure the traits of each item from its interactions: ``items`` (n,) and ``times`` (n,),
    without what is ``held`` (n,) out."""
    if times.dtype.kind == "M":
        times = times.astype(np.int64)
    newest, middle, spread, ends = _measured(times.copy() if held is None else times[~held])
    edges, last_tenth = np.split((ends - middle) / spread, [-1])
    counts, sums, late = (np.zeros(num_items) for _ in range(3))
    by_era = np.zeros(ERAS * num_items)
    first = np.full(num_items, np.inf)
    for start in range(0, len(items), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        item, when = items[some], (times[some] - middle) / spread
        if held is not None:
            item, when = item[~held[some]], when[~held[some]]
        counts += np.bincount(item, minlength=num_items)
        sums += np.bincount(item, when, minlength=num_items)
        np.minimum.at(first, item, when)
        era = np.searchsorted(edges, when)
        by_era += np.bincount(era * num_items + item, minlength=ERAS * num_items)
        late += np.bincount(item[when > last_tenth], minlength=num_items)
    first[counts == 0] = (newest - middle) / spread
    mean = sums / (counts + _SHRINK)
    of_eras = by_era.reshape(ERAS, num_items)
    share = counts / counts.sum()
    trend = late / max(late.sum(), 1)
    of_eras = of_eras / np.maximum(of_eras.sum(axis=1, keepdims=True), 1.0)

    columns = [np.log(counts + 0.5), first, mean, _log_ratio(trend, share)]
    eras = np.stack([_log_ratio(one, share) for one in of_eras], axis=1)
    return ItemTraits(
        np.stack(columns, axis=1).astype(np.float32),
        eras.astype(np.float32),
        edges.astype(np.float32),
    )


def _measured(times: Array) -> tuple[float, float, float, Array]:
    """The newest of some times, their mean and spread, and where eras and the last tenth begin.

    ``times`` come back in another order.
    """
    newest, middle = float(times.max()), float(times.mean())
    parts = range(0, len(times), _AT_ONCE)
    squares = sum(((times[one : one + _AT_ONCE] - middle) ** 2).sum() for one in parts)
    ends = np.quantile(times, [*np.linspace(0, 1, ERAS + 1)[1:-1], 0.9], overwrite_input=True)
    return newest, middle, max(float(squares / len(times)) ** 0.5, 1e-9), ends


def trait_terms(traits: ItemTraits, summary: Array, candidates: Any) -> NDArray[np.float32]:
    """The terms (..., TERMS) of candidates, given what :func:`summarise` says of a history.

    Many candidates (n,) and one summary (SUMMARY,), one candidate and many summaries (k, SUMMARY),
    each of many (n, 1) with each of those, or as many (n,) as there are summaries (n, SUMMARY).
    """
    popular, first, mean, trend = np.moveaxis(traits.items[candidates], -1, 0)
    of_popular, of_first, of_mean, newest, log_length = summary.T
    era = np.searchsorted(traits.edges, of_mean)
    terms = (
        popular,
        (popular - of_popular) ** 2,
        popular * of_popular,
        popular * log_length,
        np.abs(first - of_first),
        (mean - of_mean) ** 2,
        traits.eras[candidates, era],
        first > newest,
        trend,
    )
    shape = np.broadcast_shapes(popular.shape, of_popular.shape)
    result = np.empty((*shape, TERMS), np.float32)
    for column, term in enumerate(terms):
        result[..., column] = term
    return result


class TraitScores:
    """:func:`trait_terms` of all items times their weights, laid out to be added up quickly."""

    def __init__(self, traits: ItemTraits, weights: Array) -> None:
        popular, self._first, mean, trend = np.ascontiguousarray(traits.items.T)
        # With the squares of differences multiplied out, most terms are one product.
        ones = np.ones_like(popular)
        self._powers = np.stack([popular, popular**2, mean, mean**2, trend, ones])
        self._weights = weights.tolist()
        self._eras = np.ascontiguousarray(traits.eras.T) * np.float32(self._weights[6])
        self._edges = traits.edges

    def __call__(self, summaries: Array) -> NDArray[np.float32]:
        """The sums of the terms (n, num_items) for several summaries (n, SUMMARY)."""
        of_popular, of_first, of_mean, newest, log_length = summaries.T
        weights, level = self._weights, np.ones(len(summaries))
        by_popular = weights[0] + (weights[2] - 2 * weights[1]) * of_popular
        slopes = [
            by_popular + weights[3] * log_length,
            weights[1] * level,
            -2 * weights[5] * of_mean,
            weights[5] * level,
            weights[8] * level,
            weights[1] * of_popular**2 + weights[5] * of_mean**2,
        ]
        total: NDArray[np.float32] = np.stack(slopes, axis=1).astype(np.float32) @ self._powers
        total += self._eras[self._edges.searchsorted(of_mean)]
        away = self._first - of_first[:, None]
        np.abs(away, out=away)
        away *= weights[4]
        total += away
        np.multiply(self._first > newest[:, None], np.float32(weights[7]), out=away)
        total += away
        return total


def summarise(traits: ItemTraits, history: Array) -> NDArray[np.float32]:
    """What matters of a history (newest last): shape (SUMMARY,).

    Recency-weighted log popularity, first time and mean time; the newest first time; and the
    logarithm of the length plus one.
    """
    if not len(history):
        popular = traits.items[1:, 0].max(initial=0.0)
        return np.array([popular, 0.0, 0.0, np.inf, 0.0], np.float32)
    summary = np.empty(SUMMARY, np.float32)
    summary[:3] = _recent_means(traits, history)
    summary[3] = traits.items[:, 1][history].max()
    summary[4] = math.log1p(len(history))
    return summary


def summaries_without_each(traits: ItemTraits, history: Array) -> NDArray[np.float32]:
    """What :func:`summarise` says when each item in turn is left out: (len(history), SUMMARY)."""
    size = len(history)
    if size == 1:
        return summarise(traits, history[:0])[None]
    result = np.tile(summarise(traits, history), (size, 1))
    for place in range(max(0, size - _RECENT), size):
        result[place, :3] = _recent_means(traits, np.delete(history[-_RECENT - 1 :], place - size))
    first = traits.items[history, 1]
    result[first.argmax(), 3] = np.partition(first, size - 2)[size - 2]
    result[:, 4] = np.log1p(size - 1)
    return result


def _recent_means(traits: ItemTraits, history: Array) -> Array:
    recent = history[::-1][:_RECENT]
    return _RECENT_WEIGHTS[len(recent)] @ traits.items[recent][:, :3]


def _log_ratio(part: Array, whole: Array) -> Array:
    return np.log((part + 0.3 * whole + 1e-6) / (1.3 * whole + 1e-6))
